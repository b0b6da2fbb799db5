"""Subscriptions: handed to the hub that reads the change feed once for all (resolvers/live.py)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from resolvers.asking import Info
from resolvers.case_changes import desk_of
from resolvers.context import Live
from resolvers.inputs import RecallScope
from twin.errors import Refused, StreamUnavailable
from twin.records.frame import AlarmFrame, CaseFrame, EquipmentFrame, LotFrame, RecallFrame, WipFrame
from twin.records.page import Cursor
from twin.vocabulary.cases import CaseState


async def equipment_states(
    info: Info,
    line_id: str | None = None,
    equipment_ids: list[str] | None = None,
    after: Cursor | None = None,
) -> AsyncGenerator[EquipmentFrame, None]:
    """First frame: snapshot. Then one frame per change, seq rising by one.

    `after` resumes; a RESYNC frame (with a new snapshot) says that frames were lost.
    """
    async with aclosing(_live(info).equipment_states(info.context, line_id, equipment_ids, after)) as frames:
        async for frame in frames:
            yield frame


async def lot_events(info: Info, lot_id: str, after: Cursor | None = None) -> AsyncGenerator[LotFrame, None]:
    """A lot as it is now, then after every event that touches it."""
    async with aclosing(_live(info).lot_events(info.context, lot_id, after)) as frames:
        async for frame in frames:
            yield frame


async def alarm_events(
    info: Info, line_id: str | None = None, minimum_level: int | None = None, after: Cursor | None = None
) -> AsyncGenerator[AlarmFrame, None]:
    """The open alarms, then those that are raised, cleared, seen or escalated."""
    async with aclosing(_live(info).alarm_events(info.context, line_id, minimum_level, after)) as frames:
        async for frame in frames:
            yield frame


async def wip_board(
    info: Info, line_id: str | None = None, after: Cursor | None = None
) -> AsyncGenerator[WipFrame, None]:
    """The board as it is now, then after every change of it."""
    async with aclosing(_live(info).wip_board(info.context, line_id, after)) as frames:
        async for frame in frames:
            yield frame


async def recall_impact(
    info: Info, scope: RecallScope, after: Cursor | None = None
) -> AsyncGenerator[RecallFrame, None]:
    """The live answer to a recall scope: units and lots join and leave with the reason."""
    async with aclosing(_live(info).recall_impact(info.context, scope, after)) as frames:
        async for frame in frames:
            yield frame


async def recall_case_changes(
    info: Info, case_id: str, after: Cursor | None = None
) -> AsyncGenerator[CaseFrame, None]:
    """A recall case as it is, then the lots and units that join and leave it, and the event that did it."""
    case = await desk_of(info).ledger.case(case_id)
    if case.state is CaseState.CLOSED:
        raise Refused(f"{case_id} is closed; nothing joins it any more.", code="case.closed", field="caseId")
    async with aclosing(_live(info).recall_case(info.context, case, after)) as frames:
        async for frame in frames:
            yield frame


def _live(info: Info) -> Live:
    if info.context.live is None:
        raise StreamUnavailable("This process follows no changes.")
    return info.context.live
