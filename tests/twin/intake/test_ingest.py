from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import factory
from twin.events.codec import LARGEST_EVENT, decode, encode
from twin.intake.dead_letters import DeadLetters
from twin.intake.ingest import ingest
from twin.intake.intake import Intake
from twin.intake.ledger import OutboxRefused
from twin.intake.outbox import Outbox
from twin.intake.shards import shard_of
from twin.intake.watermark import Watermark


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[Intake]:
    letters = DeadLetters(tmp_path / "letters.db")
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        yield Intake(outbox, letters)
    letters.close()


def lines(*names: str) -> list[bytes]:
    return [encode(factory.lot_created(event_id=name, occurred_at="08:00")) for name in names]


async def test_takes_lines_and_an_array_alike(intake: Intake) -> None:
    one, two, three = lines("e-1", "e-2", "e-3")

    by_line = await ingest(b"\xef\xbb\xbf" + one + b"\r\n\n  \n" + two + b"\n", intake)
    as_array = await ingest(b" [" + two + b",\n " + three + b"]\n", intake)

    assert (by_line.accepted, by_line.duplicates, by_line.rejected) == (2, 0, ())
    assert (as_array.accepted, as_array.duplicates, as_array.rejected) == (1, 1, ())
    assert list(Watermark.decode(as_array.watermark).positions.values()) == [3]


async def test_an_empty_body_is_nothing(intake: Intake) -> None:
    for body in (b"", b"\n \n", b"[]"):
        result = await ingest(body, intake)
        assert (result.accepted, result.duplicates, result.rejected) == (0, 0, ())
        assert Watermark.decode(result.watermark) == Watermark()


async def test_bad_events_do_not_stop_good_ones_and_are_kept_with_their_bytes(intake: Intake) -> None:
    good, again, reused = lines("e-1", "e-2", "e-1")
    body = [
        good,
        b"{not json}",
        again,
        again.replace(b"LotCreated", b"LotBorn").replace(b"e-2", b"e-3"),
        reused.replace(b"100", b"99"),
        good,
    ]

    result = await ingest(b"\n".join(body), intake)

    assert (result.accepted, result.duplicates) == (2, 1)
    assert [(one.index, one.event_id, one.code) for one in result.rejected] == [
        (1, None, "event.bad_json"),
        (3, "e-3", "event.unknown_type"),
        (4, "e-1", "event.id_reused"),
    ]
    letters = await intake.dead_letters.waiting()
    assert [(one.stage, one.source, one.code, one.raw) for one in letters] == [
        ("ingest", "http", "event.bad_json", body[1]),
        ("ingest", "http", "event.unknown_type", body[3]),
        ("ingest", "http", "event.id_reused", body[4]),
    ]


async def test_one_event_too_large_is_rejected_alone(intake: Intake) -> None:
    (good,) = lines("e-1")
    large = b'{"event_id":"big","note":"' + b"x" * LARGEST_EVENT + b'"}'

    result = await ingest(large + b"\n" + good, intake)

    assert result.accepted == 1
    assert [(one.index, one.event_id, one.code) for one in result.rejected] == [(0, "big", "event.too_large")]


@pytest.mark.parametrize("body", [b"[{", b"[1,2", b"[" * 100_000, b'["\xff"]x', b"[" + b"x" * 5_000_000])
async def test_a_broken_array_is_one_rejection_of_the_whole(intake: Intake, body: bytes) -> None:
    result = await ingest(body, intake)

    assert (result.accepted, [(one.index, one.code) for one in result.rejected]) == (
        0,
        [(0, "event.bad_json")],
    )
    assert [one.raw for one in await intake.dead_letters.waiting()] == [body]


async def test_array_items_that_are_no_events_are_each_told(intake: Intake) -> None:
    result = await ingest(json.dumps([1, None, [], {}, "x"]).encode(), intake)

    assert [(one.index, one.code) for one in result.rejected] == [
        (0, "event.bad_json"),
        (1, "event.bad_json"),
        (2, "event.bad_json"),
        (3, "event.missing_field"),
        (4, "event.bad_json"),
    ]


async def test_sending_a_body_again_changes_nothing(intake: Intake) -> None:
    body = b"\n".join(lines(*(f"e-{number}" for number in range(500))))

    first, second = await ingest(body, intake), await ingest(body, intake)

    assert (first.accepted, first.duplicates) == (500, 0)
    assert (second.accepted, second.duplicates) == (0, 500)
    assert second.watermark == first.watermark


async def test_takes_a_large_body_part_by_part_as_if_it_were_one(intake: Intake) -> None:
    one, two, three = (line.replace(b"{", b"{" + b" " * 600_000, 1) for line in lines("e-1", "e-2", "e-3"))
    other = encode(factory.lot_created(event_id="e-2", occurred_at="09:00"))

    told = await ingest(b"\n".join([one, two, b"{", one, three, other]), intake)

    assert (told.accepted, told.duplicates) == (3, 1)
    assert [(each.index, each.event_id, each.code) for each in told.rejected] == [
        (2, None, "event.bad_json"),
        (5, "e-2", "event.id_reused"),
    ]
    assert list(Watermark.decode(told.watermark).positions.values()) == [4]


async def test_the_watermark_covers_what_another_process_took_and_an_earlier_part_repeats(
    intake: Intake, tmp_path: Path
) -> None:
    first, second = (factory.lot_created(event_id=lot, lot_id=lot) for lot in ("LOT-1", "LOT-2"))
    assert shard_of(first, 4) != shard_of(second, 4)
    async with Outbox(tmp_path / "outbox.db", 4) as another:
        await another.take([first])
    body = [encode(event).replace(b"{", b"{" + b" " * 1_200_000, 1) for event in (first, second)]

    told = await ingest(b"\n".join(body), intake)

    assert (told.accepted, told.duplicates) == (1, 1)
    assert sorted(Watermark.decode(told.watermark).positions.values()) == [1, 2]


async def test_a_part_for_which_there_is_no_room_tells_that_the_parts_before_it_were_taken(
    tmp_path: Path,
) -> None:
    letters = DeadLetters(tmp_path / "letters.db")
    first, second = (line.replace(b"{", b"{" + b" " * 1_200_000, 1) for line in lines("e-1", "e-2"))
    async with Outbox(tmp_path / "outbox.db", 4, capacity_bytes=1) as outbox:
        with pytest.raises(OutboxRefused, match=r"^1 events of the body were taken, the others not") as told:
            await ingest(first + b"\n" + second, Intake(outbox, letters))
        assert told.value.code == "outbox.full"
        assert outbox.last == {shard_of(decode(first), 4): 1}
    letters.close()
