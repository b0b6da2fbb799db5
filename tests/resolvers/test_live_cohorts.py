from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from resolvers.live_cohorts import Answered, Cohort, Edition
from resolvers.live_moments import Moment
from twin.errors import GraphUnavailable, NotFound, TwinError
from twin.stream.change_feed import ChangedEvent


class Counting:
    """How many events were told until it was asked; each answer waits for its turn."""

    def __init__(self) -> None:
        self.told = 0
        self.asked = asyncio.Event()
        self.turn = asyncio.Semaphore(0)
        self.at_once = self.most_at_once = 0
        self.failures: list[Exception] = []
        self.causes: list[list[str]] = []
        self.culprit: str | None = None

    def concerns(self, event: ChangedEvent) -> bool:
        return event.type == "LotCreated"

    async def ask(self) -> Answered[int]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            seen = self.told
            self.asked.set()
            await self.turn.acquire()
            if self.failures:
                raise self.failures.pop(0)
            return Answered(seen, str(seen))
        finally:
            self.at_once -= 1

    def cause(self, before: int, now: int, events: Sequence[ChangedEvent], *, sure: bool) -> str | None:  # noqa: ARG002
        self.causes.append([event.event_id for event in events])
        if sure and self.culprit is not None:
            return self.culprit if self.culprit in self.causes[-1] else None
        return events[-1].event_id if events else None

    def tell(self, cohort: Cohort[int], event_id: str, kind: str = "LotCreated") -> None:
        self.told += 1
        cohort.offer(Moment(event_id, events=(ChangedEvent(event_id=event_id, type=kind, occurred_at=0),)))

    async def until_asked(self) -> None:
        async with asyncio.timeout(60):
            await self.asked.wait()
        self.asked.clear()


@pytest.fixture
async def question() -> Counting:
    return Counting()


@pytest.fixture
async def cohort(question: Counting) -> AsyncIterator[Cohort[int]]:
    made = Cohort[int](question)
    yield made
    made.end()


async def test_what_is_told_while_the_answer_is_made_is_covered_by_the_next_one(
    question: Counting, cohort: Cohort[int]
) -> None:
    await question.until_asked()
    for name in ("a", "b", "c"):
        question.tell(cohort, name)
    question.turn.release()
    question.turn.release()
    settled = await cohort.settled()
    assert (settled.value, settled.number, settled.because) == (3, 2, "c")
    assert question.causes == [["a", "b", "c"]]
    assert (question.most_at_once, cohort.conflated, cohort.is_settled) == (1, 3, True)


async def test_what_does_not_concern_it_is_not_asked_about(question: Counting, cohort: Cohort[int]) -> None:
    question.turn.release()
    await cohort.settled()
    question.tell(cohort, "a", "AlarmSet")
    assert cohort.is_settled


async def test_a_graph_that_is_away_is_waited_for_once_there_is_an_answer(
    question: Counting, cohort: Cohort[int]
) -> None:
    question.turn.release()
    first = await cohort.settled()
    question.failures = [GraphUnavailable("away")]
    question.tell(cohort, "a")
    question.turn.release()
    question.turn.release()
    second = await cohort.after(first, 60)
    assert second is not None
    assert (second.value, second.because, cohort.has_failed) == (1, "a", False)
    assert question.causes == [["a"]]


async def an_answer_ahead_of_what_was_told(question: Counting, cohort: Cohort[int]) -> Edition[int]:
    question.turn.release()
    first = await cohort.settled()
    question.culprit = "b"
    question.tell(cohort, "a")
    question.turn.release()
    async with asyncio.timeout(60):
        while not question.causes:
            await asyncio.sleep(0.005)
    return first


async def test_an_answer_is_kept_back_until_the_event_that_changed_it_is_told(
    question: Counting, cohort: Cohort[int]
) -> None:
    first = await an_answer_ahead_of_what_was_told(question, cohort)
    assert cohort.done == 1
    question.tell(cohort, "b")
    second = await cohort.after(first, 60)
    assert second is not None
    assert (second.value, second.because) == (1, "b")
    assert question.causes[0] == ["a"]


async def test_an_answer_whose_cause_nobody_tells_comes_a_little_later(
    question: Counting, cohort: Cohort[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.live_cohorts.TELLING_S", 0.05)
    first = await an_answer_ahead_of_what_was_told(question, cohort)
    second = await cohort.after(first, 60)
    assert second is not None
    assert (second.value, second.because) == (1, "a")


@pytest.mark.parametrize("failure", [GraphUnavailable("away"), NotFound("nobody")])
async def test_without_a_first_answer_everybody_is_told_why(
    question: Counting, cohort: Cohort[int], failure: TwinError
) -> None:
    question.failures = [failure]
    waiting = [asyncio.create_task(cohort.settled()) for _ in range(2)]
    question.turn.release()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert told == [failure, failure]
    assert cohort.has_failed


async def test_an_answer_that_takes_too_long_is_given_up(question: Counting) -> None:
    slow = Cohort[int](question, deadline_s=0.01)
    with pytest.raises(TwinError) as given_up:
        await slow.settled()
    assert given_up.value.code == "request.timeout"
    assert question.at_once == 0
