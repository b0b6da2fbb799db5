"""``dieloom up``: runs the service until it is told to stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from app import Run, serve
from cli.allocator import give_back_early
from cli.collector import search_rarely
from cli.log import log_to_stderr
from cli.service import settings_of
from connectors.errors import FactoryFileRefused
from connectors.instances import instances
from twin.errors import Refused
from twin.settings import Settings, roles_of


def up(
    config: Annotated[Path | None, typer.Option(help="factory.yaml: the connectors to run.")] = None,
    data: Annotated[Path | None, typer.Option(help="The data directory (default .dieloom).")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="Port; 0 takes a free one.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Start the simulated factory, too.")] = False,  # noqa: FBT002
    roles: Annotated[str | None, typer.Option(help="api,projector,connectors,jobs")] = None,
) -> None:
    """Run the service; embedded stores unless addresses of others are set. Ctrl-C stops all of it."""
    log_to_stderr()
    settings = _chosen(settings_of(data), host, port, roles)
    search_rarely()
    give_back_early()
    _check(config, settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Run(settings, config, demo=demo)))


def _check(config: Path | None, settings: Settings) -> None:
    """Refuse a factory.yaml that cannot be, before anything is started."""
    if config is None:
        return
    try:
        instances(config, settings.data_dir / "connectors")
    except FactoryFileRefused as refused:
        raise Refused(str(refused), code="factory_file.refused", field="config") from None


def _chosen(settings: Settings, host: str | None, port: int | None, roles: str | None) -> Settings:
    if host is not None:
        settings = replace(settings, host=host)
    if port is not None:
        settings = replace(settings, port=port)
    if roles is not None:
        settings = replace(settings, roles=roles_of("roles", roles))
    return settings
