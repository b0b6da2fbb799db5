"""``dieloom drill``: practises a recall, timed and scored; nothing is stopped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.output import AsJson, note, say
from cli.service import Service, ServiceRefused, settings_of
from cli.waiting import waiting
from twin.vocabulary.roles import Role

_DRILL: Final = """
mutation Drill($input: RunRecallDrillInput!) {
  runRecallDrill(input: $input) {
    case {
      caseId scope
      simulation { seconds low high lots customers shipments complete limitHit }
      drill { seconds targetSeconds completeness expected found missing score }
    }
    userErrors { code message }
  }
}
"""


def drill(
    material_lot: Annotated[str | None, typer.Option(help="The suspect; one by chance when absent.")] = None,
    within: Annotated[float | None, typer.Option(help="Seconds that the answer may take.")] = None,
    at_least: Annotated[int, typer.Option(help="The score below which the command fails.")] = 0,
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Practise a recall: how long the answer takes, and whether it names all that plain facts say."""
    asked = {"materialLotId": material_lot, "withinSeconds": within}
    service = Service.of(settings_of(data), Role.QUALITY)
    with waiting("the drill runs"):
        done: dict[str, Any] = service.ask(_DRILL, {"input": asked})["runRecallDrill"]
    for error in done["userErrors"]:
        raise ServiceRefused(error["message"], code=error["code"])
    case = done["case"]
    score, sums = case["drill"], case["simulation"]
    say(
        f"{case['caseId']}: {case['scope']['materialLot']['materialLotId']} reached "
        f"{sums['low']} to {sums['high']} units in {sums['lots']} lots, {sums['shipments']} shipments, "
        f"{sums['customers']} customers\n"
        f"answer in {score['seconds']:.3f} s (target {score['targetSeconds']:g} s), "
        f"{score['found']} of {score['expected']} plain facts named, score {score['score']}",
        case,
        as_json=as_json,
    )
    for thing in score["missing"]:
        note(f"not in the answer: {thing}")
    if score["score"] < at_least:
        sys.exit(1)
