"""``dieloom trace``: what went into a thing, or what came of it, in the terminal or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from cli.export import ExportTo, ForCustomer, InLanguage, export, form_of
from cli.output import AsJson, note, plain, say, show
from cli.service import Service, settings_of
from cli.waiting import waiting
from twin.errors import Refused
from twin.records.dossier import Language, Subject
from twin.vocabulary.roles import Role
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import ThingKind

_QUESTION: Final = """
query Trace(
  $of: ThingRef!, $direction: TraceDirection!, $depth: Int
  $asOf: DateTime, $knownAt: DateTime, $after: Cursor
) {
  genealogy(
    of: $of, direction: $direction, depth: $depth, asOf: $asOf, knownAt: $knownAt, first: 500, after: $after
  ) {
    root { key }
    nodes { key kind level until since }
    edges { from to relation quantity { value unit } at event { eventId } }
    answer { asOf knownAt complete limitHit continue findings { code message things } }
  }
}
"""


def trace(  # noqa: PLR0913, PLR0917 - the options of the question
    key: Annotated[str, typer.Argument(help="The thing's id, as on its label.")],
    kind: Annotated[ThingKind, typer.Option(help="What it is.")] = ThingKind.LOT,
    forward: Annotated[bool, typer.Option("--forward", help="What came of it, not what went in.")] = False,  # noqa: FBT002
    depth: Annotated[int | None, typer.Option(help="How many facts away at most.")] = None,
    as_of: Annotated[str | None, typer.Option(help="RFC 3339: the factory's time to look from.")] = None,
    known_at: Annotated[str | None, typer.Option(help="RFC 3339: what was known then.")] = None,
    to_file: ExportTo = None,
    customer: ForCustomer = None,
    language: InLanguage = Language.EN,
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show the genealogy of a thing, nearest first; or write it as a file."""
    direction = TraceDirection.DESCENDANTS if forward else TraceDirection.ANCESTORS
    moments = {"asOf": as_of, "knownAt": known_at}
    question = {"of": {"kind": kind.value, "key": key}, "direction": direction.value, **moments}
    if to_file is not None:
        form_of(to_file)
        asked = {**question, "depth": depth, "customer": customer, "language": language.value}
        service = Service.of(settings_of(data), Role.ENGINEER)
        return export(service, Subject.TRACE, asked, to_file, as_json=as_json)
    if customer is not None:
        raise Refused("--customer goes with --export", code="export.no_file")
    whole = _whole(Service.of(settings_of(data), Role.ENGINEER), {**question, "depth": depth})
    if as_json:
        return say("", whole, as_json=True)
    return _show(whole, "since" if forward else "until")


def _show(whole: dict[str, Any], bound: str) -> None:
    table = Table("level", "kind", "key", bound)
    for node in sorted(whole["nodes"], key=lambda row: (row["level"], row["key"])):
        table.add_row(str(node["level"]), node["kind"], Text(plain(node["key"])), node[bound] or "")
    show(table)
    answer = whole["answer"]
    words = f"{len(whole['nodes'])} things, {len(whole['edges'])} facts"
    say(f"{words}; as of {answer['asOf']}, known at {answer['knownAt']}", {}, as_json=False)
    if answer["limitHit"] is not None:
        note(f"the answer is not complete: {answer['limitHit']}")
    for finding in answer["findings"]:
        note(f"{finding['code']}: {finding['message']} ({', '.join(finding['things'])})")


def _whole(service: Service, variables: dict[str, Any]) -> dict[str, Any]:
    with waiting("walking") as told:
        whole: dict[str, Any] = service.ask(_QUESTION, variables)["genealogy"]
        after = whole["answer"]["continue"]
        while after is not None:
            told.words = f"read {len(whole['nodes'])} things"
            page = service.ask(_QUESTION, {**variables, "after": after})["genealogy"]
            whole["nodes"] += page["nodes"]
            whole["edges"] += page["edges"]
            after = page["answer"]["continue"]
    whole["answer"] |= {"continue": None, "complete": whole["answer"]["limitHit"] is None}
    return whole
