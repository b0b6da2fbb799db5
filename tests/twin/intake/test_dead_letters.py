from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from twin.errors import NotFound
from twin.intake.dead_letters import DeadLetter, DeadLetters, Refusal
from twin.intake.ledger import OutboxRefused


def refusal(raw: bytes = b"\x00\xffraw", stage: str = "ingest") -> Refusal:
    return Refusal(stage=stage, source="db-01", code="event.bad_json", message="not JSON", raw=raw)


@pytest.fixture
async def letters(tmp_path: Path) -> AsyncIterator[DeadLetters]:
    store = DeadLetters(tmp_path / "letters.db")
    yield store
    store.close()


async def test_keeps_bytes_and_reason_over_a_restart(letters: DeadLetters, tmp_path: Path) -> None:
    await letters.keep([refusal()])
    letters.close()

    again = DeadLetters(tmp_path / "letters.db")
    (kept,) = await again.waiting()
    again.close()
    assert (kept.letter_id, kept.stage, kept.source, kept.code, kept.message, kept.raw, kept.attempts) == (
        1,
        "ingest",
        "db-01",
        "event.bad_json",
        "not JSON",
        b"\x00\xffraw",
        1,
    )


async def test_the_same_bytes_failing_again_are_one_letter_with_more_attempts(letters: DeadLetters) -> None:
    for _ in range(3):
        await letters.keep([refusal()])
    await letters.keep([refusal(b"other"), refusal(stage="file")])

    assert [(one.attempts, one.raw, one.stage) for one in await letters.waiting()] == [
        (3, b"\x00\xffraw", "ingest"),
        (1, b"other", "ingest"),
        (1, b"\x00\xffraw", "file"),
    ]
    assert await letters.depth() == 3


async def test_lists_in_pages_and_by_stage(letters: DeadLetters) -> None:
    await letters.keep(
        [refusal(str(number).encode(), "ingest" if number % 2 else "file") for number in range(6)]
    )

    assert [one.raw for one in await letters.waiting(first=2, after=2)] == [b"2", b"3"]
    assert [one.raw for one in await letters.waiting(stage="file")] == [b"0", b"2", b"4"]


async def test_a_requeued_letter_is_tried_once_and_leaves_the_list(letters: DeadLetters) -> None:
    await letters.keep([refusal()])
    tried: list[bytes] = []

    async def again(letter: DeadLetter) -> None:
        tried.append(letter.raw)

    for _ in range(2):
        assert (await letters.requeue(1, again)).requeued_at is not None
    assert tried == [b"\x00\xffraw"]
    assert await letters.waiting() == []


async def test_a_letter_that_fails_again_stays(letters: DeadLetters) -> None:
    await letters.keep([refusal()])

    async def again(_letter: DeadLetter) -> None:
        raise OutboxRefused("no room")

    with pytest.raises(OutboxRefused):
        await letters.requeue(1, again)
    assert await letters.depth() == 1


async def test_an_unknown_number_is_not_found(letters: DeadLetters) -> None:
    with pytest.raises(NotFound) as caught:
        await letters.show(4711)
    assert caught.value.code == "dead_letter.not_found"


async def test_refuses_beyond_its_bound_and_keeps_what_it_has(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters.db", capacity_bytes=100)
    await letters.keep([refusal(b"x" * 60)])
    with pytest.raises(OutboxRefused) as caught:
        await letters.keep([refusal(b"y" * 60)])
    assert caught.value.code == "outbox.dead_letters_full"
    assert await letters.depth() == 1
    letters.close()


async def test_words_that_are_no_unicode_are_kept_readable(letters: DeadLetters) -> None:
    await letters.keep([Refusal(stage="s", source="x", code="c", message="bad \udc80", raw=b"")])

    assert [one.message for one in await letters.waiting()] == ["bad \\udc80"]


async def test_letters_that_cannot_be_opened_refuse_and_are_opened_later(
    letters: DeadLetters, tmp_path: Path
) -> None:
    (tmp_path / "letters.db").mkdir()
    with pytest.raises(OutboxRefused) as refused:
        await letters.keep([refusal()])
    assert refused.value.code == "outbox.dead_letters_full"

    (tmp_path / "letters.db").rmdir()
    await letters.keep([refusal()])
    assert await letters.depth() == 1
