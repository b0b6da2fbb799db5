"""``dieloom recall``: what may carry a suspect, in the terminal or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from cli.export import ExportTo, ForCustomer, InLanguage, export, form_of
from cli.output import AsJson, note, plain, say, show
from cli.recall_scope import Suspect
from cli.service import Service, settings_of
from cli.waiting import waiting
from twin.errors import Refused
from twin.records.dossier import Language, Subject
from twin.vocabulary.roles import Role

_QUESTION: Final = """
query Recall($scope: RecallScope!, $asOf: DateTime, $knownAt: DateTime, $after: Cursor) {
  recallImpact(scope: $scope, asOf: $asOf, knownAt: $knownAt) {
    answer { asOf knownAt complete limitHit findings { code message things } }
    totals {
      low high lots definiteLots possibleLots orders customers shipments
      byDisposition { disposition low high }
    }
    lots(first: 500, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { lot { lotId } since certainty low high quantity dispositions { disposition low high } }
    }
  }
}
"""


def recall(  # noqa: PLR0913, PLR0917 - one option for each thing that can be suspect
    material_lot: Annotated[str | None, typer.Option(help="A suspect material lot.")] = None,
    lot: Annotated[str | None, typer.Option(help="A suspect lot.")] = None,
    equipment: Annotated[str | None, typer.Option(help="A suspect machine.")] = None,
    operator: Annotated[str | None, typer.Option(help="Whose runs are suspect.")] = None,
    tool: Annotated[str | None, typer.Option(help="A suspect tool.")] = None,
    recipe: Annotated[str | None, typer.Option(help="A suspect recipe: RECIPE@VERSION.")] = None,
    wafer: Annotated[str | None, typer.Option(help="A suspect wafer.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="RFC 3339: suspect after this.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="RFC 3339: suspect before this.")] = None,
    position: Annotated[str | None, typer.Option(help="Only this position of the machine.")] = None,
    region: Annotated[str | None, typer.Option(help="Of the wafer: X_MIN,Y_MIN,X_MAX,Y_MAX.")] = None,
    bins: Annotated[str | None, typer.Option(help="Of the wafer: only these, such as 2,3.")] = None,
    as_of: Annotated[str | None, typer.Option(help="RFC 3339: the factory's time to look from.")] = None,
    known_at: Annotated[str | None, typer.Option(help="RFC 3339: what was known then.")] = None,
    to_file: ExportTo = None,
    customer: ForCustomer = None,
    language: InLanguage = Language.EN,
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show the affected lots with their bounds, and how sure the answer is; or write it as a file."""
    suspect = Suspect(
        material_lot=material_lot, lot=lot, equipment=equipment, operator=operator, tool=tool,
        recipe=recipe, wafer=wafer, start=start, end=end, position=position, region=region, bins=bins,
    )  # fmt: skip
    question = {"scope": suspect.scope(), "asOf": as_of, "knownAt": known_at}
    if to_file is not None:
        form_of(to_file)
        asked = {**question, "customer": customer, "language": language.value}
        service = Service.of(settings_of(data), Role.QUALITY)
        return export(service, Subject.RECALL, asked, to_file, as_json=as_json)
    if customer is not None:
        raise Refused("--customer goes with --export", code="export.no_file")
    impact = _whole(Service.of(settings_of(data), Role.QUALITY), question)
    if as_json:
        return say("", impact, as_json=True)
    return _show(impact)


def _show(impact: dict[str, Any]) -> None:
    show(_table(impact))
    totals, answer = impact["totals"], impact["answer"]
    words = (
        "{low} to {high} units in {lots} lots ({definiteLots} definite, {possibleLots} possible); "
        "orders {orders}, customers {customers}, shipments {shipments}"
    )
    say(words.format(**totals), {}, as_json=False)
    say(f"where: {_where(totals['byDisposition'])}", {}, as_json=False)
    say(f"as of {answer['asOf']}, known at {answer['knownAt']}", {}, as_json=False)
    if not answer["complete"]:
        note(f"the answer is not complete: {answer['limitHit']}")
    for finding in answer["findings"]:
        note(f"{finding['code']}: {finding['message']} ({', '.join(finding['things'])})")


def _whole(service: Service, variables: dict[str, Any]) -> dict[str, Any]:
    with waiting("asking for the affected lots") as told:
        impact: dict[str, Any] = service.ask(_QUESTION, variables)["recallImpact"]
        page, nodes = impact["lots"], impact["lots"]["nodes"]
        while page["pageInfo"]["hasNextPage"]:
            told.words = f"read {len(nodes)} of {page['totalCount']} lots"
            after = {**variables, "after": page["pageInfo"]["endCursor"]}
            page = service.ask(_QUESTION, after)["recallImpact"]["lots"]
            nodes += page["nodes"]
    return impact


def _table(impact: dict[str, Any]) -> Table:
    table = Table("lot", "certainty", "low", "high", "of", "since", "where")
    for row in impact["lots"]["nodes"]:
        figures = (str(row["low"]), str(row["high"]), str(row["quantity"]))
        where = _where(row["dispositions"])
        table.add_row(Text(plain(row["lot"]["lotId"])), row["certainty"], *figures, row["since"], where)
    return table


def _where(rows: list[dict[str, Any]]) -> str:
    return ", ".join(f"{row['disposition']} {row['low']}..{row['high']}" for row in rows)
