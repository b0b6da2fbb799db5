"""Subscriptions to answers that are worked out anew: the latest wins, told against the last one sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, ClassVar, Final, Protocol, TypeVar

from resolvers.live_cohorts import Cohort, Edition, Question
from resolvers.live_moments import Moment
from resolvers.live_topics import Framed, Numbering
from twin.errors import Refused
from twin.queries.cursors import place_of
from twin.records.frame import Frame
from twin.records.page import Cursor
from twin.vocabulary.states import FrameKind

F = TypeVar("F", bound=Frame)
F_co = TypeVar("F_co", bound=Frame, covariant=True)
A = TypeVar("A")

HEARTBEAT_S: Final = 5.0
BEHIND_AT_MOST: Final = 64
"""Editions that a follower may miss before it is told so by a RESYNC."""

MOST_COHORTS: Final = 256


class Subject(Question[A], Framed[F_co], Protocol[F_co, A]):
    """A question that can be followed; its cursors name the answer that was sent."""

    is_whole: ClassVar[bool]
    """Whether every frame holds the whole answer, so that no frame needs the one before."""

    def whole(self, value: A) -> Mapping[str, Any]:
        """The fields of a frame that holds everything."""

    def idle(self, value: A) -> Mapping[str, Any]:
        """The fields of a frame that tells nothing new."""

    async def change(self, before: A, now: A, because: str | None) -> Mapping[str, Any]:
        """The fields of a frame that tells how the answer changed."""


class Conflated:
    """Keeps one cohort for each scope that is followed, as long as it is."""

    def __init__(self, ready: Callable[[], Awaitable[None]], in_touch: Callable[[], bool]) -> None:
        self._ready, self._in_touch = ready, in_touch
        self._cohorts: dict[str, Cohort[Any]] = {}
        self._conflated = 0

    @property
    def followers(self) -> int:
        """How many subscriptions are being fed."""
        return sum(cohort.followers for cohort in self._cohorts.values())

    @property
    def conflated(self) -> int:
        """How many changes were told together with a later one."""
        return self._conflated + sum(cohort.conflated for cohort in self._cohorts.values())

    def offer(self, moment: Moment) -> None:
        """Tell every cohort of a change."""
        for cohort in self._cohorts.values():
            cohort.offer(moment)

    def lose(self) -> None:
        """Tell every cohort that changes passed unseen."""
        for cohort in self._cohorts.values():
            cohort.lose()

    async def follow(self, subject: Subject[F, A], after: Cursor | None) -> AsyncGenerator[F, None]:
        """A first frame, then one for every answer that differs from the last one sent."""
        place = place_of(subject.name, after)
        await self._ready()
        cohort = self._join(subject)
        try:
            sent = await cohort.settled()
            frames = Numbering(subject, sent.digest)
            first = _first(subject, sent, None if place is None else str(place[0]))
            told = subject.idle if first is FrameKind.HEARTBEAT else subject.whole
            yield frames.next(first, told(sent.value))
            while True:
                done = cohort.done
                latest = await cohort.after(sent, HEARTBEAT_S)
                if latest is not None:
                    before, sent = sent, latest
                    frames.position = latest.digest
                    frame = await self._changed(subject, frames, before, latest)
                    if frame is not None:
                        yield frame
                elif self._in_touch() and (cohort.is_settled or cohort.done > done):
                    yield frames.next(FrameKind.HEARTBEAT, subject.idle(sent.value))
        finally:
            self._leave(subject.name, cohort)

    async def _changed(
        self, subject: Subject[F, A], frames: Numbering[F], before: Edition[A], now: Edition[A]
    ) -> F | None:
        skipped = now.number - before.number - 1
        self._conflated += skipped
        if now.epoch != before.epoch or skipped >= BEHIND_AT_MOST:
            return frames.next(FrameKind.RESYNC, subject.whole(now.value))
        if now.digest == before.digest:
            return None
        fields = await subject.change(before.value, now.value, now.because)
        return frames.next(FrameKind.DELTA, fields)

    def _join(self, subject: Subject[F, A]) -> Cohort[A]:
        cohort = self._cohorts.get(subject.name)
        if cohort is None or cohort.has_failed:
            if len(self._cohorts) >= MOST_COHORTS:
                raise Refused(
                    f"{MOST_COHORTS} different scopes are followed already; follow one of them, or ask.",
                    code="subscription.too_many",
                )
            cohort = self._cohorts[subject.name] = Cohort(subject)
        cohort.followers += 1
        return cohort

    def _leave(self, name: str, cohort: Cohort[Any]) -> None:
        cohort.followers -= 1
        if cohort.followers:
            return
        cohort.end()
        self._conflated += cohort.conflated
        if self._cohorts.get(name) is cohort:
            del self._cohorts[name]


def _first(subject: Subject[Any, A], now: Edition[A], seen: str | None) -> FrameKind:
    if seen is None:
        return FrameKind.SNAPSHOT
    if seen == now.digest:
        return FrameKind.HEARTBEAT
    return FrameKind.DELTA if subject.is_whole else FrameKind.RESYNC
