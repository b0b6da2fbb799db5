"""The lineage index: answers recalls of everything recorded so far without asking the graph for events.

It is used when it is warm and has read as far as the graph; else the graph answers, and says the same.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from typing import Final

from twin.errors import GraphUnavailable, StreamUnavailable
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.index.answer import answer_known
from twin.queries.index.answers import Answers
from twin.queries.index.beside import to_its_end
from twin.queries.index.book import Book, Name
from twin.queries.index.checking import Mistaken, compared, told_again
from twin.queries.index.hints import Hints
from twin.queries.index.pacing import Pace
from twin.queries.index.reach import Reach, reached
from twin.queries.index.reading import Reading
from twin.queries.index.refreshing import refresh
from twin.queries.index.snapshot import TooLarge, all_things, book_of, definitions
from twin.queries.index.uses_since import used_now
from twin.queries.positions import shard_positions
from twin.records.material import Use
from twin.records.recall import Exposure, RecallScope
from twin.stream.change_feed import Change, ChangeFeed, FeedGap
from twin.vocabulary.things import LABELS, Thing

LOG: Final = logging.getLogger(__name__)

_ROUNDS: Final = 12
_BEHIND_S: Final = 0.25
AT_ONCE_S: Final = 0.02
"""A walk is worth no longer wait."""
_PAUSE_S: Final = 1.0
_BUILD_S: Final = 600.0
_TIDY_S: Final = 0.5
_CHECK_EVERY_S: Final = 30.0
_SAMPLES: Final = 20
_TIDY_AT_ONCE: Final = 50
"""So few that the machines' events beside are not held up."""


class LineageIndex:
    """Built from the graph, kept true by the change feed, checked against the graph now and then."""

    def __init__(self, graph: Graph, feed: ChangeFeed, most_bytes: int) -> None:
        self._graph, self._feed, self._most_bytes = graph, feed, most_bytes
        self._book: Book | None = None
        self._answers = Answers(Book())
        self._positions: dict[str, int] = {}
        self._pace = Pace(time.monotonic)
        self._moved = asyncio.Condition()
        self._lock = asyncio.Lock()
        self.answered = self.repeated = self.bypassed = self.dropped = 0
        self.build_seconds = 0.0
        self.is_off = most_bytes == 0

    @property
    def is_warm(self) -> bool:
        """Whether it can answer."""
        return self._book is not None

    @property
    def size_bytes(self) -> int:
        """What it occupies, roughly."""
        return 0 if self._book is None else self._book.size_bytes + self._answers.size_bytes

    @property
    def lots(self) -> int:
        """How many lots it knows."""
        return 0 if self._book is None else len(self._book.lots)

    @property
    def stale(self) -> int:
        """How many things it has to read anew."""
        return 0 if self._book is None else len(self._book.dirty) + len(self._book.being_read)

    @property
    def positions(self) -> Mapping[str, int]:
        """How far it has read, by "outbox/shard"."""
        return self._positions

    async def run(self) -> None:
        """Build, follow, and begin anew after a gap or a mistake; off for good when it is too large."""
        while not self.is_off:
            try:
                await self._follow(await self._build())
            except TooLarge as cause:
                LOG.warning("the lineage index stays off: %s", cause)
                self.is_off = True
            except (FeedGap, Mistaken, TimeoutError, GraphUnavailable, StreamUnavailable) as cause:
                LOG.warning("the lineage index is built anew: %s", cause)
                self.dropped += 1
                await asyncio.sleep(_PAUSE_S)
            finally:
                self._book, self._answers = None, Answers(Book())
                gc.unfreeze()

    async def _build(self) -> str:
        cursor = await self._feed.last()
        positions = await shard_positions(self._graph)
        started = time.monotonic()
        async with asyncio.timeout(_BUILD_S):
            book = await book_of(self._graph, self._most_bytes)
        self.build_seconds = time.monotonic() - started
        self._book, self._answers, self._positions = book, Answers(book), positions
        gc.freeze()  # a search for cycles among millions of lines would hold up everybody
        LOG.info("the lineage index is warm: %d lots, %d MB", len(book.lots), book.size_bytes >> 20)
        return cursor

    async def _follow(self, cursor: str) -> None:
        """Hear every change, and keep house; the first of both that fails ends the other."""
        work = {asyncio.create_task(self._hear(cursor)), asyncio.create_task(self._tidy())}
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def _hear(self, cursor: str) -> None:
        """Follow the feed; where it does not answer, go on after the last change heard."""
        while True:
            try:
                async for change in self._feed.follow(cursor):
                    await self._apply(change)
                    cursor = change.cursor
            except StreamUnavailable as cause:
                LOG.warning("the lineage index waits: %s", cause)
                await asyncio.sleep(_PAUSE_S)

    async def _apply(self, change: Change) -> None:
        book = self._book
        if book is None:
            return
        self._pace.heard()
        for event in change.events:
            things = tuple(await all_things(self._graph, event))
            book.learn(event.type, things, event.event_id)
            self._answers.hear(things)
        async with self._moved:
            for place, seq in change.positions.items():
                self._positions[place] = max(seq, self._positions.get(place, 0))
            self._moved.notify_all()

    async def exposure(
        self, scope: RecallScope, clocks: Clocks, covering: Mapping[str, int] | None = None
    ) -> Exposure | None:
        """What a scope exposes, or None when the graph has to be asked.

        ``covering``: the positions that the answer must show; without them, all that the graph holds now.

        Raises:
            NotFound: no counted event names what the scope names.
        """
        book = self._book
        if book is None or not clocks.live:
            return None
        if not await self.reaches(covering):
            self.bypassed += 1
            return None
        found = self._again(book, scope)
        if found is None:
            async with self._lock:
                found = self._again(book, scope) or await self._ask(book, scope)
        self.bypassed += found is None
        self.answered += found is not None
        return found

    async def used(self, thing: Thing, clocks: Clocks) -> tuple[Use, ...] | None:
        """What a lot or material lot went into, or None when the graph has to be asked."""
        book, name = self._book, (LABELS[thing.kind], thing.key)
        if book is None or not clocks.live or name[0] not in ("Lot", "MaterialLot"):
            return None
        for _ in range(_ROUNDS):
            if not await self.reaches() or book is not self._book:
                break
            found = await used_now(self._graph, book, name)
            if found is not None or not book.is_stale(name):
                self.answered += found is not None
                return found
            async with self._lock:
                await refresh(self._graph, book, [name])
        self.bypassed += 1
        return None

    async def hints(self) -> Hints | None:
        """What it spares a walk through the graph; None when it is cold or behind the graph."""
        found = self.guesses()
        return found if found and await self.reaches(None, AT_ONCE_S) else None

    def guesses(self) -> Hints | None:
        """The same before it is known whether it is behind: good for guesses only."""
        book = self._book
        return None if book is None else Hints(book, lambda: self._book is book)

    async def reach(self, scope: RecallScope, covering: Mapping[str, int] | None = None) -> Reach | None:
        """How far a material lot or lot went at all, or None when the graph has to be asked."""
        for _ in range(_ROUNDS):
            book = self._book
            if book is None or not await self.reaches(covering) or book is not self._book:
                return None
            found = reached(book, scope)
            if found is None or not found.stale:
                return found
            async with self._lock:
                await refresh(self._graph, book, found.stale)
        return None

    def _again(self, book: Book, scope: RecallScope) -> Exposure | None:
        """What was answered before, when nothing has changed that it was read from."""
        found = self._answers.again(scope) if book is self._book else None
        self.repeated += found is not None
        return found

    async def _ask(self, book: Book, scope: RecallScope) -> Exposure | None:
        """Answer, refresh what was out of date, answer again, until nothing was."""
        absent: set[Name] = set()
        for _ in range(_ROUNDS):
            if book is not self._book:
                return None
            if not book.is_defined:
                heard = book.defining
                book.take_definitions(await definitions(self._graph))
                book.is_defined = heard == book.defining
                if not await self.reaches():
                    return None
                continue
            reading, answers, began = Reading(book, frozenset(absent)), self._answers, self._answers.now()
            found = await to_its_end(answer_known, reading, scope)
            if not reading.stale:
                if found is not None:
                    answers.keep(scope, found, reading.read, began)
                return found
            absent |= await refresh(self._graph, book, reading.stale)
            if not await self.reaches():
                return None
        return None

    async def reaches(self, wanted: Mapping[str, int] | None = None, within: float | None = None) -> bool:
        """Whether it has read so far, or does so very soon; without ``wanted``, as far as the graph."""
        wanted = await shard_positions(self._graph) if wanted is None else wanted
        if self._has(wanted):
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(_BEHIND_S if within is None else within), self._moved:
                await self._moved.wait_for(lambda: self._has(wanted))
        return self._has(wanted)

    def _has(self, wanted: Mapping[str, int]) -> bool:
        return all(self._positions.get(place, 0) >= seq for place, seq in wanted.items())

    async def _tidy(self) -> None:
        """Refresh what is out of date before anybody asks; look now and then whether all is right."""
        clock = time.monotonic
        checked, worked, in_vain = clock(), 0.0, False
        while (book := self._book) is not None:
            await asyncio.sleep(self._pace.rest(worked, in_vain=in_vain) if book.dirty else _TIDY_S)
            began, in_vain = clock(), False
            try:
                async with self._lock:
                    await refresh(self._graph, book, islice(book.dirty, _TIDY_AT_ONCE))
                self._answers.tidy()
                if began - checked >= _CHECK_EVERY_S:
                    checked = began
                    await self.check()
            except GraphUnavailable as cause:
                LOG.warning("the lineage index waits: %s", cause)
                in_vain = True
            worked = clock() - began
            if book.size_bytes > self._most_bytes:
                raise TooLarge(f"the lineage index takes more than {self._most_bytes >> 20} MB")

    async def check(self, samples: int = _SAMPLES) -> int:
        """Compare some lots with the graph; how many were compared.

        Raises:
            Mistaken: one of them is kept otherwise than the graph tells, and nothing is on its way.
        """
        book = self._book
        if book is None:
            return 0
        async with self._lock:
            told = await told_again(self._graph, book, samples)
            if not await self.reaches():
                return 0
            return compared(book, told)
