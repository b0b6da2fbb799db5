"""The live hub: one reader of the change feed per process, any number of followers."""

# ruff: noqa: ARG002 - every subject is asked with the same context

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, TypeVar

import structlog

from resolvers.context import Context
from resolvers.inputs import RecallScope
from resolvers.live_cases import CaseNow
from resolvers.live_conflated import HEARTBEAT_S, Conflated
from resolvers.live_moments import FramesLost, Mailbox, Recent
from resolvers.live_recall import RecallNow
from resolvers.live_tables import Tables
from resolvers.live_topics import AlarmStates, LotStory, MachineStates, Numbering, Topic, checked_names
from resolvers.live_wip import BoardNow
from resolvers.scopes import scope_asked
from twin.errors import GraphUnavailable, StreamUnavailable, TwinError
from twin.graph.session import Graph
from twin.queries.cursors import place_of
from twin.records.case import RecallCase
from twin.records.frame import AlarmFrame, CaseFrame, EquipmentFrame, Frame, LotFrame, RecallFrame, WipFrame
from twin.records.page import Cursor
from twin.stream.change_feed import ChangeFeed, FeedGap
from twin.vocabulary.states import FrameKind

LOAD_DEADLINE_S: Final = 9.0
PAUSES_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0)

F = TypeVar("F", bound=Frame)
P = TypeVar("P")
_log = structlog.get_logger("dieloom.live")


def _ignore(_positions: Mapping[str, int]) -> None:
    return None


class LiveHub:
    """Tells followers what changed, in the order of the commits.

    A follower is registered and gets its snapshot between two changes, so nothing falls between the
    snapshot and the first delta. Changes are read one after the other, so no state goes backwards.
    ``note`` hears how far every shard is projected: a process without a projector learns it so.
    """

    def __init__(
        self, graph: Graph, feed: ChangeFeed, note: Callable[[Mapping[str, int]], None] = _ignore
    ) -> None:
        self._graph, self._feed, self._note = graph, feed, note
        self._tables = Tables(graph, feed)
        self._recent = Recent()
        self._followers: set[Mailbox[Any]] = set()
        self._loaded = asyncio.Event()
        self._in_touch = False
        self._conflated = 0
        self._answers = Conflated(self._until_loaded, lambda: self._in_touch)

    @property
    def conflated(self) -> int:
        """How many changes were told together with a later one, or made up by a snapshot."""
        waiting = sum(follower.conflated for follower in self._followers)
        return self._conflated + waiting + self._answers.conflated

    @property
    def followers(self) -> int:
        """How many subscriptions are being fed."""
        return len(self._followers) + self._answers.followers

    async def run(self) -> None:
        """Read the feed for ever; a lost stream or graph is waited for."""
        failures = 0
        while True:
            try:
                if not self._loaded.is_set():
                    await self._load()
                await self._read()
            except FeedGap:
                self._loaded.clear()
                failures = 0
            except (StreamUnavailable, GraphUnavailable) as lost:
                self._in_touch = False
                _log.warning("live.waiting", reason=lost.code)
                await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                failures += 1
            else:
                failures = 0

    async def _load(self) -> None:
        position = await self._feed.last()
        await self._tables.load()
        self._recent.restart(position)
        for follower in self._followers:
            follower.lose()
        self._answers.lose()
        self._loaded.set()

    async def _read(self) -> None:
        await self._feed.last()
        self._in_touch = True
        async for change in self._feed.follow(self._recent.position):
            moment = await self._tables.apply(change, self._recent.unseen(change.events))
            self._recent.add(moment)
            self._note(change.positions)
            for follower in self._followers:
                follower.offer(moment)
            self._answers.offer(moment)

    def equipment_states(
        self, context: Context, line_id: str | None, equipment_ids: list[str] | None, after: Cursor | None
    ) -> AsyncGenerator[EquipmentFrame, None]:
        """The machines of a line, or those named, and what changes of them."""
        topic = MachineStates(self._tables, line_id, checked_names(equipment_ids, "equipmentIds"))
        return self._follow(topic, after)

    def lot_events(
        self, context: Context, lot_id: str, after: Cursor | None
    ) -> AsyncGenerator[LotFrame, None]:
        """A lot, and every event that names it."""
        return self._follow(LotStory(self._graph, lot_id), after)

    def alarm_events(
        self, context: Context, line_id: str | None, minimum_level: int | None, after: Cursor | None
    ) -> AsyncGenerator[AlarmFrame, None]:
        """The open alarms, and what changes of them."""
        return self._follow(AlarmStates(self._tables, line_id, minimum_level or 1), after)

    def wip_board(
        self, context: Context, line_id: str | None, after: Cursor | None
    ) -> AsyncGenerator[WipFrame, None]:
        """The board of a line, or of the plant, whenever it differs from the one sent before."""
        return self._answers.follow(BoardNow(self._graph, line_id), after)

    def recall_impact(
        self, context: Context, scope: RecallScope, after: Cursor | None
    ) -> AsyncGenerator[RecallFrame, None]:
        """What a suspect reached, whenever that differs from what was sent before, and why."""
        subject = RecallNow(self._graph, scope_asked(scope), context.limits.heavy, context.index)
        return self._answers.follow(subject, after)

    def recall_case(
        self, context: Context, case: RecallCase, after: Cursor | None
    ) -> AsyncGenerator[CaseFrame, None]:
        """What joins and leaves a recall case, and why."""
        return self._answers.follow(CaseNow(self._graph, case, context.limits.heavy), after)

    async def _follow(self, topic: Topic[F, P], after: Cursor | None) -> AsyncGenerator[F, None]:
        place = place_of(topic.name, after)
        await self._until_loaded()
        box: Mailbox[P] = Mailbox(topic.pick)
        frames = Numbering(topic, self._recent.position)
        first = self._enter(box, None if place is None else str(place[0]))
        try:
            if first is FrameKind.HEARTBEAT:
                yield frames.next(first, {})
            elif first is not FrameKind.DELTA:
                yield frames.next(first, await topic.snapshot())
            while True:
                async with aclosing(self._waited(box, topic, frames)) as told:
                    async for frame in told:
                        yield frame
        finally:
            self._followers.discard(box)
            self._conflated += box.conflated

    def _enter(self, box: Mailbox[P], position: str | None) -> FrameKind:
        self._followers.add(box)
        if position is None:
            return FrameKind.SNAPSHOT
        missed = self._recent.after(position)
        if missed is None:
            return FrameKind.RESYNC
        box.refill(missed)
        return FrameKind.HEARTBEAT if box.is_empty else FrameKind.DELTA

    async def _waited(
        self, box: Mailbox[P], topic: Topic[F, P], frames: Numbering[F]
    ) -> AsyncGenerator[F, None]:
        try:
            sent = await box.take(HEARTBEAT_S)
        except FramesLost:
            await self._until_loaded()
            box.clear()
            frames.position = self._recent.position
            yield frames.next(FrameKind.RESYNC, await topic.snapshot())
            return
        if sent is not None:
            for fields, is_last in _marked(await topic.deltas(sent.payload)):
                if is_last:
                    frames.position = sent.cursor
                yield frames.next(FrameKind.DELTA, fields)
        elif self._in_touch and box.is_empty:
            frames.position = self._recent.position
            yield frames.next(FrameKind.HEARTBEAT, {})

    async def _until_loaded(self) -> None:
        try:
            async with asyncio.timeout(LOAD_DEADLINE_S):
                await self._loaded.wait()
        except TimeoutError:
            raise TwinError("live data is not ready yet; try again", code="live.unavailable") from None


def _marked(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    return ((row, number == len(rows)) for number, row in enumerate(rows, 1))
