"""``dieloom recall``: what may carry a suspect, in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from cli.output import AsJson, note, say
from cli.service import Service, settings_of
from twin.errors import Refused
from twin.vocabulary.roles import Role

_QUESTION: Final = """
query Recall($scope: RecallScope!, $asOf: DateTime, $knownAt: DateTime, $after: Cursor) {
  recallImpact(scope: $scope, asOf: $asOf, knownAt: $knownAt) {
    answer { asOf complete limitHit findings { code message things } }
    totals { low high lots definiteLots possibleLots orders customers shipments }
    lots(first: 500, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { lot { lotId } since certainty low high quantity dispositions { disposition low high } }
    }
  }
}
"""


def recall(
    material_lot: Annotated[str | None, typer.Option(help="A suspect material lot.")] = None,
    lot: Annotated[str | None, typer.Option(help="A suspect lot.")] = None,
    as_of: Annotated[str | None, typer.Option(help="RFC 3339: the factory's time to look from.")] = None,
    known_at: Annotated[str | None, typer.Option(help="RFC 3339: what was known then.")] = None,
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show the affected lots with their bounds, and how sure the answer is."""
    variables = {"scope": _scope(material_lot, lot), "asOf": as_of, "knownAt": known_at}
    impact = _whole(Service.of(settings_of(data), Role.QUALITY), variables)
    if as_json:
        say("", impact, as_json=True)
        return
    Console().print(_table(impact))
    totals, answer = impact["totals"], impact["answer"]
    say(
        "{low} to {high} units in {lots} lots ({definiteLots} definite, {possibleLots} possible); "
        "orders {orders}, customers {customers}, shipments {shipments}".format(**totals),
        {},
        as_json=False,
    )
    if not answer["complete"]:
        note(f"the answer is not complete: {answer['limitHit']}")
    for finding in answer["findings"]:
        note(f"{finding['code']}: {finding['message']} ({', '.join(finding['things'])})")


def _scope(material_lot: str | None, lot: str | None) -> dict[str, Any]:
    if (material_lot is None) == (lot is None):
        raise Refused("name one suspect: --material-lot or --lot", code="scope.not_one")
    return {"materialLot": {"materialLotId": material_lot}} if material_lot else {"lot": {"lotId": lot}}


def _whole(service: Service, variables: dict[str, Any]) -> dict[str, Any]:
    impact: dict[str, Any] = service.ask(_QUESTION, variables)["recallImpact"]
    page = impact["lots"]
    while page["pageInfo"]["hasNextPage"]:
        after = {**variables, "after": page["pageInfo"]["endCursor"]}
        page = service.ask(_QUESTION, after)["recallImpact"]["lots"]
        impact["lots"]["nodes"] += page["nodes"]
    return impact


def _table(impact: dict[str, Any]) -> Table:
    table = Table("lot", "certainty", "low", "high", "of", "since", "where")
    for row in impact["lots"]["nodes"]:
        where = ", ".join(f"{d['disposition']} {d['low']}..{d['high']}" for d in row["dispositions"])
        figures = (str(row["low"]), str(row["high"]), str(row["quantity"]))
        table.add_row(row["lot"]["lotId"], row["certainty"], *figures, row["since"], where)
    return table
