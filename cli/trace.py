"""``dieloom trace``: what went into a lot, or what came of it, in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from cli.output import AsJson, say
from cli.service import Service, settings_of
from twin.vocabulary.roles import Role
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import ThingKind

_QUESTION: Final = """
query Trace($of: ThingRef!, $direction: TraceDirection!, $after: Cursor) {
  genealogy(of: $of, direction: $direction, first: 500, after: $after) {
    root { key }
    nodes { key kind level until since }
    edges { from to relation at event { eventId } }
    answer { complete limitHit continue }
  }
}
"""


def trace(
    key: Annotated[str, typer.Argument(help="The thing's id, as on its label.")],
    kind: Annotated[ThingKind, typer.Option(help="What it is.")] = ThingKind.LOT,
    forward: Annotated[bool, typer.Option("--forward", help="What came of it, not what went in.")] = False,  # noqa: FBT002
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show the genealogy of a thing, nearest first."""
    direction = TraceDirection.DESCENDANTS if forward else TraceDirection.ANCESTORS
    variables = {"of": {"kind": kind.value, "key": key}, "direction": direction.value}
    whole = _whole(Service.of(settings_of(data), Role.ENGINEER), variables)
    if as_json:
        say("", whole, as_json=True)
        return
    table = Table("level", "kind", "key", "until" if not forward else "since")
    for node in sorted(whole["nodes"], key=lambda row: (row["level"], row["key"])):
        table.add_row(str(node["level"]), node["kind"], node["key"], node["until"] or node["since"] or "")
    Console().print(table)


def _whole(service: Service, variables: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = service.ask(_QUESTION, variables)["genealogy"]
    after = whole["answer"]["continue"]
    while after is not None:
        page = service.ask(_QUESTION, {**variables, "after": after})["genealogy"]
        whole["nodes"] += page["nodes"]
        whole["edges"] += page["edges"]
        after = page["answer"]["continue"]
    return whole
