"""``dieloom migrate``: brings the graph's schema up to date."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.output import AsJson, say
from cli.service import settings_of
from graph_migrations.runner import migrate as migrate_graph
from twin.errors import Refused
from twin.graph.embedded import GraphAddress, published_address
from twin.settings import Settings


def migrate(
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Apply the numbered scripts that the graph does not have yet (``up`` does so by itself)."""
    applied = asyncio.run(_migrated(settings_of(data)))
    say(
        f"applied: {', '.join(applied) or 'nothing, the graph is up to date'}",
        {"applied": applied},
        as_json=as_json,
    )


async def _migrated(settings: Settings) -> list[str]:
    address = graph_address(settings)
    graph = await address.open()
    try:
        return await migrate_graph(graph)
    finally:
        await graph.close()


def graph_address(settings: Settings) -> GraphAddress:
    """Where the deployment's graph answers now.

    Raises:
        Refused: it is embedded and does not run.
    """
    if settings.graph_url is not None:
        return GraphAddress(
            url=settings.graph_url,
            user=settings.graph_user,
            password=settings.graph_password,
            database=settings.graph_database,
        )
    address = published_address(settings.data_dir / "graph")
    if address is None:
        raise Refused("the embedded graph does not run; start it with: dieloom up", code="graph.not_running")
    return address
