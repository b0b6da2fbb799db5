"""``dieloom token``: a bearer token of this deployment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.durations import duration
from cli.output import AsJson, say
from cli.service import settings_of
from resolvers.tokens import OwnIssuer
from twin.vocabulary.roles import Role


def token(
    role: Annotated[Role, typer.Option(help="What its bearer may ask and do.")],
    customer: Annotated[str | None, typer.Option(help="Whose orders; with role customer only.")] = None,
    ttl: Annotated[str, typer.Option(help="How long it holds: 30s, 15m, 8h, 7d.")] = "8h",
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Print one line: a bearer token of the deployment whose data directory this is."""
    issued = OwnIssuer(settings_of(data).data_dir).issue(role, customer, duration(ttl))
    say(issued, {"token": issued, "role": role.value}, as_json=as_json)
