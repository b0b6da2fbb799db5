"""Stopping what a case reached, and letting it go on again in parts: facts, commands, and a line for both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from twin.cases.commands import HoldCommands
from twin.cases.desk import LONGEST_REASON, By, Desk, text
from twin.cases.hold_facts import commands_of, facts_of
from twin.cases.lifecycle import check
from twin.cases.reach import Reach, reach_of
from twin.errors import Conflict, NotFound, Refused, TwinError
from twin.events.event import Event
from twin.intake.verdict import Verdict
from twin.queries.clocks import LIVE
from twin.queries.recall_impact import recall_events
from twin.records.case import Actor, HoldCommand, HoldOrder, RecallCase
from twin.vocabulary.cases import CaseAction, HoldVerb

Accept = Callable[[Sequence[Event]], Awaitable[list[Verdict]]]
"""The one way in for facts."""

_log = structlog.get_logger("dieloom.cases")


class Containment:
    """Orders that stop lots and containers; each is a line of the log first, and then carried out.

    Whatever dies in between: an order in the log is carried out again, with the same facts and commands.
    """

    def __init__(
        self, desk: Desk, accept: Accept, commands: HoldCommands, systems: Sequence[str], patience_ms: int
    ) -> None:
        self._desk, self._accept, self.commands = desk, accept, commands
        self._systems, self._patience_ms = tuple(systems), patience_ms
        self._carrying_out = asyncio.Lock()

    async def reach(self, case: RecallCase) -> Reach:
        """What the suspect of a case has reached, sorted by who has to act."""
        async with self._desk.heavy:
            events = await recall_events(self._desk.graph, case.scope, LIVE)
            return await asyncio.to_thread(reach_of, events, case.scope)

    async def left_out(self, case: RecallCase) -> Reach:
        """What a case has reached by now and neither holds nor let go: what joined since it was contained."""
        reached = await self.reach(case)
        return replace(
            reached,
            lots=tuple(_fresh(reached.lots, case.held_lots, case.released_lots)),
            containers=tuple(_fresh(reached.containers, case.held_containers, case.released_containers)),
        )

    async def contain(
        self, by: By, case_id: str, reason: str, only_lots: Sequence[str] | None = None
    ) -> RecallCase:
        """Stop every lot and container that is reached, is still here and was not let go before.

        With ``only_lots`` just these, also those that were let go.

        Raises:
            Refused: ``case.lot_not_reached`` when one of them is not in the case.
        """
        case = await self._desk.ledger.case(case_id)
        check(case, CaseAction.HOLDS_ORDERED)
        reached = await self.reach(case)
        if only_lots is None:
            lots = _fresh(reached.lots, case.held_lots, case.released_lots)
            boxes = _fresh(reached.containers, case.held_containers, case.released_containers)
        else:
            _must_hold(only_lots, reached.lots, "case.lot_not_reached", "lotIds")
            lots, boxes = [lot for lot in dict.fromkeys(only_lots) if lot not in case.held_lots], []
        data = {"reason": text(reason, "reason", LONGEST_REASON), "lots": lots, "containers": boxes}
        case = await self._desk.ledger.note(case, by.actor, CaseAction.HOLDS_ORDERED, data, by.asked)
        return await self.carry_out(case.case_id)

    async def release(
        self, by: By, case_id: str, reason: str, lots: Sequence[str], containers: Sequence[str]
    ) -> RecallCase:
        """Let some of what a case holds go on.

        Raises:
            Refused: ``case.lot_not_held`` when it does not hold one of them, ``list.empty`` for none.
        """
        case = await self._desk.ledger.case(case_id)
        check(case, CaseAction.RELEASE_ORDERED)
        if not lots and not containers:
            raise Refused("name at least one lot or container", code="list.empty", field="lotIds")
        _must_hold(lots, case.held_lots, "case.lot_not_held", "lotIds")
        _must_hold(containers, case.held_containers, "case.lot_not_held", "containerIds")
        data = {
            "reason": text(reason, "reason", LONGEST_REASON),
            "lots": list(dict.fromkeys(lots)),
            "containers": list(dict.fromkeys(containers)),
        }
        case = await self._desk.ledger.note(case, by.actor, CaseAction.RELEASE_ORDERED, data, by.asked)
        return await self.carry_out(case.case_id)

    async def acknowledge(self, by: By, command_id: str) -> HoldCommand:
        """Somebody says that a system has done what it was told.

        Raises:
            NotFound: there is no such command.
        """
        command = await self.commands.command(command_id)
        if command is None:
            raise NotFound(
                f"there is no hold command {command_id!r}", code="command.not_found", field="commandId"
            )
        if command.acknowledged_at is None:
            await self.commands.acknowledge([command_id], self._desk.clock(), by.actor.name)
            case = await self._desk.ledger.case(command.case_id)
            data = {"command": command_id, "system": command.system, "key": command.key}
            await self._desk.ledger.note(case, by.actor, CaseAction.ACKNOWLEDGED, data, by.asked)
        return await self.commands.command(command_id) or command

    async def carry_out(self, case_id: str) -> RecallCase:
        """Send the facts and commands of every order that is not done yet, and note that it is."""
        async with self._carrying_out:
            case = await self._desk.ledger.case(case_id)
            for order in case.orders:
                if not order.is_done:
                    await self._send(case, order)
                    case = await self._note_done(case, order)
            return case

    async def resume(self) -> int:
        """Carry out what a process that died left undone; how many cases that were."""
        waiting = [case for case in await self._desk.ledger.cases() if case.has_open_orders]
        done = 0
        for case in waiting:
            try:
                await self.carry_out(case.case_id)
                done += 1
            except TwinError as trouble:
                _log.warning("case.order_waits", case=case.case_id, reason=trouble.code)
        return done

    async def _send(self, case: RecallCase, order: HoldOrder) -> None:
        await self.commands.issue(commands_of(case, order, self._systems, self._patience_ms))
        verdicts = await self._accept(facts_of(case, order))
        if Verdict.REUSED in verdicts:
            _log.error("case.fact_id_reused", case=case.case_id, round=order.round)

    async def _note_done(self, case: RecallCase, order: HoldOrder) -> RecallCase:
        action = CaseAction.CONTAINED if order.verb is HoldVerb.HOLD else CaseAction.RELEASED
        actor = Actor(order.by, "order")
        try:
            return await self._desk.ledger.note(case, actor, action, {"round": order.round})
        except Conflict:
            return await self._desk.ledger.case(case.case_id)


def _fresh(reached: Sequence[str], held: Mapping[str, int], released: Sequence[str]) -> list[str]:
    gone = {*held, *released}
    return [key for key in reached if key not in gone]


def _must_hold(asked: Sequence[str], known: Sequence[str] | Mapping[str, int], code: str, field: str) -> None:
    strangers = sorted(set(asked) - set(known))
    if strangers:
        raise Refused(f"not in the case: {', '.join(strangers[:20])}", code=code, field=field)
