"""Where recall cases are worked on: each verb checks the case as it stands and adds one line to its log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from twin.cases.ledger import Asked, CaseLedger
from twin.cases.lifecycle import check, entry_data
from twin.cases.scope_text import scope_kept
from twin.errors import Refused
from twin.graph.session import Graph
from twin.lineage.scope import thing_of
from twin.queries.clocks import LIVE, Clocks
from twin.queries.index.index import LineageIndex
from twin.queries.named import must_be_known
from twin.queries.recall_impact import recall_impact
from twin.records.case import Actor, RecallCase
from twin.records.recall import Exposure, RecallScope
from twin.vocabulary.cases import CaseAction, CaseKind
from twin.vocabulary.instants import Instant

LONGEST_REASON: Final = 2_000
LONGEST_NAME: Final = 128


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for a change, and under which id of their own."""

    actor: Actor
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a suspect reached, in how many seconds; ``watermark``: how far the twin had accepted before.

    ``known_at``: nothing that was recorded later is in it.
    """

    found: Exposure
    seconds: float
    watermark: str
    known_at: Instant


class Desk:
    """The verbs of a case that stop nothing: draft, simulate, open, hand over, note, close."""

    def __init__(
        self,
        ledger: CaseLedger,
        graph: Graph,
        watermark: Callable[[], str],
        clock: Callable[[], int],
        heavy: asyncio.Semaphore,
    ) -> None:
        self.ledger, self.graph, self.watermark, self.clock = ledger, graph, watermark, clock
        self.heavy = heavy
        self.index: LineageIndex | None = None
        """Answers while it is warm, as the graph would."""

    async def draft(
        self, by: By, scope: RecallScope, reason: str, owner: str | None, kind: CaseKind = CaseKind.RECALL
    ) -> RecallCase:
        """Begin a case about a suspect.

        Raises:
            NotFound: no counted event names the suspect: the case would tell of nothing affected.
        """
        await must_be_known(self.graph, thing_of(scope))
        data = {
            "kind": kind.value,
            "scope": scope_kept(scope),
            "reason": text(reason, "reason", LONGEST_REASON),
            "owner": text(owner if owner is not None else by.actor.name, "owner", LONGEST_NAME),
        }
        return await self.ledger.draft(by.actor, data, by.asked)

    async def simulate(self, by: By, case_id: str) -> RecallCase:
        """Ask what the suspect reached, as it is known now, and keep the sums; nothing is stopped."""
        case = await self._case(case_id, CaseAction.SIMULATED)
        data = simulation_data(await self.answer(case.scope))
        return await self.ledger.note(case, by.actor, CaseAction.SIMULATED, data, by.asked)

    async def answer(self, scope: RecallScope) -> Answer:
        """What a scope reaches, as far as it is known now."""
        watermark = self.watermark()
        async with self.heavy:
            began = time.perf_counter()
            found = None if self.index is None else await self.index.exposure(scope, LIVE)
            known_at = Instant(self.clock())
            if found is None:
                found = await recall_impact(self.graph, scope, Clocks(known_at=known_at))
        return Answer(found, time.perf_counter() - began, watermark, known_at)

    async def open(self, by: By, case_id: str, reason: str) -> RecallCase:
        """Make the suspicion official."""
        case = await self._case(case_id, CaseAction.OPENED)
        data = {"reason": text(reason, "reason", LONGEST_REASON)}
        return await self.ledger.note(case, by.actor, CaseAction.OPENED, data, by.asked)

    async def assign(self, by: By, case_id: str, owner: str) -> RecallCase:
        """Hand a case over."""
        case = await self._case(case_id, CaseAction.OWNER_CHANGED)
        data = {"owner": text(owner, "owner", LONGEST_NAME)}
        return await self.ledger.note(case, by.actor, CaseAction.OWNER_CHANGED, data, by.asked)

    async def note(self, by: By, case_id: str, words: str) -> RecallCase:
        """Write something into the log of a case."""
        case = await self._case(case_id, CaseAction.NOTED)
        data = {"text": text(words, "text", LONGEST_REASON)}
        return await self.ledger.note(case, by.actor, CaseAction.NOTED, data, by.asked)

    async def close(self, by: By, case_id: str, reason: str, *, keep_holds: bool) -> RecallCase:
        """End a case; what it still holds is released before, or stays held on purpose.

        Raises:
            Refused: ``case.holds_open`` when it still holds something and nobody says that this is meant.
        """
        case = await self._case(case_id, CaseAction.CLOSED)
        if case.has_open_orders:
            raise Refused(f"{case_id} is just being carried out; try again", code="case.order_waits")
        held = sorted((*case.held_lots, *case.held_containers))
        if held and not keep_holds:
            raise Refused(
                f"{case_id} still holds {len(held)}, {held[0]} first; release them or close with keepHolds",
                code="case.holds_open",
                field="keepHolds",
            )
        data = {"reason": text(reason, "reason", LONGEST_REASON), "kept": held}
        return await self.ledger.note(case, by.actor, CaseAction.CLOSED, data, by.asked)

    async def _case(self, case_id: str, action: CaseAction) -> RecallCase:
        case = await self.ledger.case(case_id)
        check(case, action)
        return case


def simulation_data(answer: Answer) -> dict[str, Any]:
    """What the log keeps of an answer: its sums, and how to ask it again."""
    found, totals = answer.found, answer.found.totals
    return entry_data(
        as_of=None,
        known_at=answer.known_at,
        seconds=round(answer.seconds, 6),
        low=totals.low,
        high=totals.high,
        lots=totals.lots,
        customers=totals.customers,
        shipments=totals.shipments,
        complete=found.complete,
        limit_hit=found.limit_hit,
        watermark=answer.watermark,
    )


def text(words: str, name: str, longest: int) -> str:
    """Words that a person wrote, without blanks around them.

    Raises:
        Refused: ``input.bad_text`` when there are none, too many, or ones that steer a terminal.
    """
    words = words.strip()
    if not 0 < len(words) <= longest or any(not one.isprintable() and one not in "\n\t" for one in words):
        raise Refused(
            f"{name} must have 1 to {longest} characters without control characters",
            code="input.bad_text",
            field=name,
        )
    return words
