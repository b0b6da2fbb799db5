"""Follows every live case for as long as it is live, whether anybody looks or not, and keeps what changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Final

import structlog

from resolvers.context import Context, Live
from resolvers.loaders import Loaders
from resolvers.shown import ShownLot, ShownUnit
from resolvers.viewer import Viewer
from twin.cases.office import Office
from twin.errors import NotFound, TwinError
from twin.graph.session import Graph
from twin.records.case import RecallCase, Standing
from twin.records.frame import CaseFrame
from twin.vocabulary.roles import Role
from twin.vocabulary.states import Certainty, FrameKind
from twin.vocabulary.things import Thing, ThingKind

LOOK_S: Final = 2.0
AGAIN_S: Final = 30.0
MOST_FOLLOWED: Final = 200
"""Live cases followed without a subscriber; more are followed when somebody does."""

_log = structlog.get_logger("dieloom.cases")


class CaseKeeper:
    """One follower for each live case; it shares the answer with whoever else follows."""

    def __init__(self, office: Office, live: Live, graph: Graph) -> None:
        self._office, self._live, self._graph = office, live, graph
        self._following: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Follow what is live, let go of what is closed, for ever."""
        try:
            while True:
                try:
                    self._match([case for case in await self._office.ledger.cases() if case.is_live])
                except TwinError as trouble:
                    _log.warning("keeper.waiting", reason=trouble.code)
                await asyncio.sleep(LOOK_S)
        finally:
            for task in self._following.values():
                task.cancel()
            await asyncio.gather(*self._following.values(), return_exceptions=True)

    def _match(self, live: list[RecallCase]) -> None:
        wanted = {case.case_id: case for case in live[-MOST_FOLLOWED:]}
        for case_id, task in list(self._following.items()):
            if case_id not in wanted:
                task.cancel()
            if task.done() or case_id not in wanted:
                del self._following[case_id]
        for case_id, case in wanted.items():
            if case_id not in self._following:
                self._following[case_id] = asyncio.create_task(self.follow(case), name=f"keeper {case_id}")

    async def follow(self, case: RecallCase) -> None:
        """Keep what changes in one case, until it is cancelled or its answer fails."""
        context = Context(self._graph, Viewer("keeper", Role.ADMIN), Loaders(self._graph))
        try:
            async with aclosing(self._live.recall_case(context, case, None)) as frames:
                async for frame in frames:
                    await self._keep(case.case_id, frame)
        except NotFound:
            _log.warning("keeper.suspect_gone", case=case.case_id)
            await self._office.changes.now_whole(case.case_id, {})
            await asyncio.sleep(AGAIN_S)
        except TwinError as trouble:
            _log.warning("keeper.lost", case=case.case_id, reason=trouble.code)
            await asyncio.sleep(AGAIN_S)

    async def _keep(self, case_id: str, frame: CaseFrame) -> None:
        if frame.kind is FrameKind.HEARTBEAT:
            return
        now = {**_lots(frame.added_lots), **_units(frame.added_units)}
        if frame.kind is not FrameKind.DELTA:
            await self._office.changes.now_whole(case_id, now)
            return
        gone = dict.fromkeys({**_lots(frame.removed_lots), **_units(frame.removed_units)})
        now |= {**_lots(frame.changed_lots), **_units(frame.changed_units)}
        because = None if frame.because is None else frame.because.event_id
        await self._office.changes.now_partly(case_id, {**gone, **now}, because)


def _lots(rows: tuple[ShownLot, ...]) -> Mapping[Thing, Standing]:
    return {Thing(ThingKind.LOT, row.lot_id): Standing(row.low, row.high) for row in rows}


def _units(rows: tuple[ShownUnit, ...]) -> Mapping[Thing, Standing]:
    return {
        Thing(ThingKind.UNIT, row.unit_id): Standing(int(row.certainty is Certainty.DEFINITE), 1)
        for row in rows
    }
