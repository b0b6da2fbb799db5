"""Answers that are worked out anew after changes, once for all who follow the same scope."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

import structlog

from resolvers.live_moments import Moment
from twin.errors import GraphUnavailable, TwinError
from twin.stream.change_feed import ChangedEvent

A = TypeVar("A")

PACE_S: Final = 0.1
"""Between two computations; one that takes longer is followed by a pause as long as itself."""

ASK_DEADLINE_S: Final = 60.0
GRAPH_PAUSE_S: Final = 0.5
_LOOKS_EVERY_S: Final = 0.02
TELLING_S: Final = 0.5
"""How long an answer waits for the event that changed it: the graph has events before they are told."""

CAUSES_KEPT: Final = 512
_log = structlog.get_logger("dieloom.live")


@dataclass(frozen=True, slots=True)
class Answered(Generic[A]):
    """An answer, and a digest that is equal for equal answers."""

    value: A
    digest: str


@dataclass(frozen=True, slots=True)
class Edition(Answered[A]):
    """An answer that differs from the one before; ``epoch`` tells how often the feed was cut until then."""

    number: int
    epoch: int
    because: str | None


class Question(Protocol[A]):
    """What is asked again after every change that could matter."""

    def concerns(self, event: ChangedEvent) -> bool:
        """Whether an event could change the answer."""

    async def ask(self) -> Answered[A]:
        """The answer now."""

    def cause(self, before: A, now: A, events: Sequence[ChangedEvent], *, sure: bool) -> str | None:
        """Which of the events in between changed the answer; when asked to be sure, None if none says so."""


class Cohort(Generic[A]):
    """All who follow one scope: changes mark the answer as old, one task makes the next one.

    However many changes come while it is being made, the one after covers them all; so what waits is
    bounded. A graph that is away is waited for once there is an answer; any other failure ends the cohort.
    """

    def __init__(self, question: Question[A], deadline_s: float = ASK_DEADLINE_S) -> None:
        self._question, self._deadline_s = question, deadline_s
        self.followers = 0
        self.conflated = 0
        self.done = 0
        self._wanted = 1
        self._epoch = 0
        self._latest: Edition[A] | None = None
        self._failure: Exception | None = None
        self._told: deque[ChangedEvent] = deque(maxlen=CAUSES_KEPT)
        self._wake, self._news, self._offered = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    @property
    def is_settled(self) -> bool:
        """Whether the latest answer covers every change that was told."""
        return self.done == self._wanted

    @property
    def has_failed(self) -> bool:
        """Whether there will be no further answer."""
        return self._failure is not None

    def offer(self, moment: Moment) -> None:
        """Mark the answer as old if a change could matter; never waits."""
        concerning = [event for event in moment.events if self._question.concerns(event)]
        if concerning:
            self._told.extend(concerning)
            self._offered.set()
            self._want()

    def lose(self) -> None:
        """Changes passed unseen: the next answer is a new beginning."""
        self._epoch += 1
        self._want()

    def end(self) -> None:
        """Stop; nobody follows any more."""
        self._task.cancel()

    async def settled(self) -> Edition[A]:
        """An answer that covers every change told so far.

        Raises:
            TwinError: there is none.
        """
        wanted = self._wanted
        while self.done < wanted or self._latest is None:
            await self._hear()
        return self._latest

    async def after(self, seen: Edition[A], within: float) -> Edition[A] | None:
        """The latest answer once it is another than the one seen; None after so many seconds.

        Raises:
            TwinError: there will be none.
        """
        try:
            async with asyncio.timeout(within):
                while self._latest is None or self._latest.number == seen.number:
                    await self._hear()
        except TimeoutError:
            return None
        return self._latest

    async def _hear(self) -> None:
        if self._failure is not None:
            raise self._failure
        await self._news.wait()

    def _want(self) -> None:
        if not self.is_settled:
            self.conflated += 1
        self._wanted += 1
        self._wake.set()

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            while True:
                await self._wake.wait()
                began = clock()
                await self._renew()
                await asyncio.sleep(max(PACE_S, clock() - began))
        except Exception as failure:  # noqa: BLE001 - every follower is given it
            self._failure = failure
            self._tell()

    async def _renew(self) -> None:
        self._wake.clear()
        wanted, epoch, count = self._wanted, self._epoch, len(self._told)
        try:
            answered = await self._asked()
        except GraphUnavailable as lost:
            if self._latest is None:
                raise
            _log.warning("live.waiting", reason=lost.code)
            await asyncio.sleep(GRAPH_PAUSE_S)
            self._wake.set()
            return
        because = await self._because(answered, epoch, count)
        for _ in range(min(count, len(self._told))):
            self._told.popleft()
        self._latest = self._edition(answered, epoch, because)
        self.done = wanted
        self._tell()

    async def _asked(self) -> Answered[A]:
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._question.ask()
        except TimeoutError:
            raise TwinError(
                f"the answer was not there within {self._deadline_s:.0f} s; ask for less",
                code="request.timeout",
            ) from None

    async def _because(self, answered: Answered[A], epoch: int, count: int) -> str | None:
        """Which event changed the answer: told before it was asked for, else told since, else a guess."""
        before = self._latest
        if before is None or (before.digest, before.epoch) == (answered.digest, epoch):
            return None
        cause = partial(self._question.cause, before.value, answered.value)
        events = list(self._told)[:count]
        found = cause(events, sure=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TELLING_S if before.epoch == epoch else 0):
                while found is None and (found := cause(list(self._told)[count:], sure=True)) is None:
                    self._offered.clear()
                    await self._offered.wait()
                    await asyncio.sleep(_LOOKS_EVERY_S)
        return cause(events, sure=False) if found is None else found

    def _edition(self, answered: Answered[A], epoch: int, because: str | None) -> Edition[A]:
        before = self._latest
        value, digest = answered.value, answered.digest
        if before is None:
            return Edition(value, digest, 1, epoch, None)
        if (before.digest, before.epoch) == (digest, epoch):
            return Edition(value, digest, before.number, epoch, before.because)
        return Edition(value, digest, before.number + 1, epoch, because)

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
