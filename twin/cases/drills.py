"""Recall drills: a material lot is taken as suspect, the answer is timed and held against plain facts."""

from __future__ import annotations

import random
from typing import Final

from twin.cases.desk import By, Desk, simulation_data
from twin.cases.lifecycle import entry_data
from twin.errors import Refused
from twin.queries.drill_facts import plainly_reached, used_material_lots
from twin.records.case import Actor, DrillScore, RecallCase
from twin.records.recall import Exposure, MaterialLotScope
from twin.vocabulary.cases import CaseAction, CaseKind
from twin.vocabulary.things import Thing, ThingKind

SCHEDULE: Final = Actor("schedule", "jobs")
_MISSING_KEPT: Final = 100
_HOUR_MS: Final = 3_600_000


class Drills:
    """Practises recalls; a drill is kept among the cases and never stops anything."""

    def __init__(self, desk: Desk, target_seconds: float) -> None:
        self._desk, self._target_seconds = desk, target_seconds

    async def run(
        self, by: By, material_lot_id: str | None = None, target_seconds: float | None = None
    ) -> RecallCase:
        """Take a material lot, or one by chance, as suspect; time and score the answer.

        Raises:
            Refused: ``drill.nothing_used`` while no lot has used any material.
            NotFound: no counted event names the material lot.
        """
        suspect = material_lot_id or await self._chosen()
        target = self._target_seconds if target_seconds is None else target_seconds
        if not 0 < target <= 86_400:
            raise Refused(
                f"withinSeconds is {target:g}; more than 0 and at most 86400 are allowed",
                code="drill.bad_target",
                field="withinSeconds",
            )
        scope = MaterialLotScope(suspect)
        answer = await self._desk.answer(scope)
        expected = await plainly_reached(self._desk.graph, suspect)
        score = scored(answer.found, expected, answer.seconds, target)
        case = await self._desk.draft(by, scope, "recall drill", None, CaseKind.DRILL)
        ledger = self._desk.ledger
        case = await ledger.note(case, by.actor, CaseAction.SIMULATED, simulation_data(answer))
        case = await ledger.note(case, by.actor, CaseAction.DRILL_SCORED, entry_data(**_fields(score)))
        return await ledger.note(case, by.actor, CaseAction.CLOSED, {"reason": "drill done", "kept": []})

    async def run_when_due(self, hours: int) -> RecallCase | None:
        """A drill by chance, when the last one was so many hours ago; None when it was not."""
        drills = [case for case in await self._desk.ledger.cases() if case.kind is CaseKind.DRILL]
        last = max((case.created_at for case in drills), default=0)
        if self._desk.clock() - last < hours * _HOUR_MS:
            return None
        return await self.run(By(SCHEDULE))

    async def _chosen(self) -> str:
        candidates = await used_material_lots(self._desk.graph)
        if not candidates:
            raise Refused("no lot has used any material yet", code="drill.nothing_used")
        return random.choice(candidates)  # noqa: S311 - practice, no secret


def scored(answer: Exposure, expected: set[Thing], seconds: float, target: float) -> DrillScore:
    """How much of what plain facts say the answer names, less what the time was over its target.

    An answer that says itself that it is not complete counts half.
    """
    named = {Thing(ThingKind.LOT, row.lot_id) for row in answer.lots}
    named |= {Thing(ThingKind.SHIPMENT, row.shipment_id) for row in answer.shipments}
    missing = sorted(str(thing) for thing in expected - named)
    found = len(expected) - len(missing)
    completeness = found / len(expected) if expected else 1.0
    in_time = 1.0 if seconds <= target else target / seconds
    return DrillScore(
        seconds=round(seconds, 6),
        target_seconds=target,
        completeness=completeness,
        expected=len(expected),
        found=found,
        missing=tuple(missing[:_MISSING_KEPT]),
        score=int(100 * completeness * in_time * (1.0 if answer.complete else 0.5)),
    )


def _fields(score: DrillScore) -> dict[str, object]:
    return {name: getattr(score, name) for name in DrillScore.__slots__}
