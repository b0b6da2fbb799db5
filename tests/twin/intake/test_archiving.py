from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests import factory
from twin.archive.archive import Archive
from twin.archive.segment import SegmentBroken
from twin.events.event import Event
from twin.intake.archiving import Archiving, Bounds
from twin.intake.kept import Damage, KeptOutbox, OutboxUnreadable
from twin.intake.outbox import Outbox
from twin.intake.shards import shard_of
from twin.intake.verdict import Verdict
from twin.intake.watermark import position_id
from twin.stream.log import Entry

SHARDS = 4
HOUR = 3_600_000
TINY = Bounds(segment_bytes=3_000, wait_ms=HOUR)


class Clock:
    now = 1_000 * HOUR

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def outbox(tmp_path: Path, clock: Clock) -> AsyncIterator[Outbox]:
    async with Outbox(
        tmp_path / "outbox.sqlite", SHARDS, clock=clock, archives=tmp_path / "archive"
    ) as outbox:
        yield outbox


def opened(tmp_path: Path, clock: Clock) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite", SHARDS, clock=clock, archives=tmp_path / "archive")


def archiving(tmp_path: Path, clock: Clock, *, hours: int = 0, bounds: Bounds = TINY) -> Archiving:
    return Archiving(tmp_path / "outbox.sqlite", SHARDS, tmp_path / "archive", hours, clock, bounds)


def created(first: int, last: int) -> list[Event]:
    return [factory.lot_created(event_id=f"e{n}", lot_id=f"L{n}") for n in range(first, last + 1)]


def everything(outbox: Outbox, up_to: int) -> dict[str, int]:
    return {position_id(outbox.outbox_id, shard): up_to for shard in range(SHARDS)}


async def once(work: Archiving, positions: dict[str, int]) -> None:
    async def reached() -> dict[str, int]:
        return positions

    try:
        await work.once(reached)
    finally:
        work.close()


async def read_all(outbox: Outbox, at_once: int = 7) -> list[Entry]:
    found: list[Entry] = []
    while page := await outbox.after(found[-1].seq if found else 0, at_once):
        found += page
    return found


def trimmed(tmp_path: Path) -> int:
    kept = KeptOutbox(tmp_path / "outbox.sqlite", tmp_path / "archive")
    try:
        return kept.trimmed()
    finally:
        kept.close()


def ids(entries: Sequence[Entry]) -> list[str]:
    return [entry.event().event_id for entry in entries]


async def test_archived_and_trimmed_events_are_read_as_before(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 100))
    before = await outbox.after(0, 1_000)
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 100))
    assert trimmed(tmp_path) == 100

    async with Outbox(
        tmp_path / "outbox.sqlite", SHARDS, clock=clock, archives=tmp_path / "archive"
    ) as again:
        assert await read_all(again) == before
        assert again.watermark() == outbox.watermark()
        assert await again.entry("e17") == before[16]
        await again.projected(everything(again, 100))
        assert again.waiting_bytes == 0


async def test_a_duplicate_and_a_reused_id_are_known_for_ever(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    events = created(1, 60)
    await outbox.accept(events)
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 60))
    assert trimmed(tmp_path) == 60

    other = factory.lot_created(event_id="e5", lot_id="L5", quantity=7)
    assert await outbox.accept([*events, other]) == [*[Verdict.DUPLICATE] * 60, Verdict.REUSED]
    taken = await outbox.take(events[2:3])
    place = position_id(outbox.outbox_id, shard_of(events[2], SHARDS))
    assert taken.watermark.positions[place] >= 3


async def test_places_and_clocks_go_on_after_everything_was_trimmed(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 10))
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 10))
    clock.now -= 3 * HOUR
    async with Outbox(
        tmp_path / "outbox.sqlite", SHARDS, clock=clock, archives=tmp_path / "archive"
    ) as again:
        await again.accept(created(11, 12))
        found = await read_all(again)
    assert [entry.seq for entry in found] == list(range(1, 13))
    assert [entry.recorded_at for entry in found] == [1_000 * HOUR] * 12


async def test_only_what_is_projected_old_and_archived_is_trimmed(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 40))
    entries = await outbox.after(0, 100)
    clock.now += 2 * HOUR
    await outbox.accept(created(41, 44))

    await once(archiving(tmp_path, clock, hours=3), everything(outbox, 44))
    assert trimmed(tmp_path) == 0
    await once(archiving(tmp_path, clock, hours=2), {})
    assert trimmed(tmp_path) == 0

    behind = everything(outbox, 44) | {position_id(outbox.outbox_id, entries[20].shard): 20}
    await once(archiving(tmp_path, clock, hours=1), behind)
    assert trimmed(tmp_path) == 20
    await once(archiving(tmp_path, clock, hours=1), everything(outbox, 44))
    assert trimmed(tmp_path) == 40
    clock.now += HOUR
    await once(archiving(tmp_path, clock, hours=2), everything(outbox, 44))
    assert trimmed(tmp_path) == 40
    await once(archiving(tmp_path, clock, hours=1), everything(outbox, 44))
    assert trimmed(tmp_path) == 44
    assert len(await read_all(outbox)) == 44


async def test_a_small_segment_waits_until_it_is_due(tmp_path: Path, outbox: Outbox, clock: Clock) -> None:
    await outbox.accept(created(1, 3))
    await once(archiving(tmp_path, clock), everything(outbox, 3))
    assert Archive(tmp_path / "archive", outbox.outbox_id).places() == []
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 3))
    assert Archive(tmp_path / "archive", outbox.outbox_id).verify(3) == 3


async def test_the_outbox_and_its_archive_are_read_as_one(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 50))
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 50))
    await outbox.accept(created(51, 70))
    kept = KeptOutbox(tmp_path / "outbox.sqlite", tmp_path / "archive")
    pages = list(kept.pages(kept.last()))
    assert ids([entry for page in pages for entry in page.entries]) == [f"e{n}" for n in range(1, 71)]
    assert [page.damaged for page in pages] == [[]] * len(pages)
    whole = [entry for page in pages for entry in page.entries]
    for shard in range(SHARDS):
        found = [entry for page in kept.pages_of_shard(shard, 5, 60) for entry in page.entries]
        assert found == [entry for entry in whole if entry.shard == shard and 5 < entry.seq <= 60]
    kept.close()


async def test_a_broken_segment_is_a_damage_of_its_places_only_and_stops_the_trimming(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 60))
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 40))
    await once(archiving(tmp_path, clock), everything(outbox, 40))
    places = Archive(tmp_path / "archive", outbox.outbox_id).places()
    broken = places[1].path
    whole = broken.read_bytes()
    broken.write_bytes(whole[:20] + b"?" + whole[21:])

    kept = KeptOutbox(tmp_path / "outbox.sqlite", tmp_path / "archive")
    pages = list(kept.pages(60))
    kept.close()
    lost = range(places[1].first, places[2].first)
    assert ids([entry for page in pages for entry in page.entries]) == [
        f"e{n}" for n in range(1, 61) if n not in lost
    ]
    assert [(row.seq, broken.name in row.reason) for page in pages for row in page.damaged] == [
        (places[1].first, True)
    ]
    with pytest.raises(SegmentBroken, match=broken.name):
        Archive(tmp_path / "archive", outbox.outbox_id).verify()


async def test_a_segment_that_breaks_before_its_rows_go_keeps_them_in_the_outbox(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 60))
    clock.now += HOUR
    await once(archiving(tmp_path, clock), {})
    broken = Archive(tmp_path / "archive", outbox.outbox_id).places()[0].path
    whole = broken.read_bytes()
    broken.write_bytes(whole[:20] + b"?" + whole[21:])
    with pytest.raises(SegmentBroken, match=broken.name):
        await once(archiving(tmp_path, clock), everything(outbox, 60))
    assert trimmed(tmp_path) == 0
    assert len(await read_all(outbox)) == 60


async def test_a_damaged_row_is_archived_as_it_is_and_stays_a_damage(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 5))
    change(tmp_path, "UPDATE events SET payload = replace(payload, 'L3', 'L9') WHERE seq = 3")
    change(tmp_path, "UPDATE events SET payload = NULL WHERE seq = 4")
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 5))
    assert trimmed(tmp_path) == 5
    kept = KeptOutbox(tmp_path / "outbox.sqlite", tmp_path / "archive")
    (page,) = kept.pages(5)
    assert ids(page.entries) == ["e1", "e2", "e5"]
    assert page.damaged == [
        Damage(outbox.outbox_id, 3, "e3", "its bytes are not those that were accepted"),
        Damage(outbox.outbox_id, 4, "e4", "its bytes are gone"),
    ]
    kept.close()


async def test_a_trimmed_outbox_without_its_archive_is_refused(
    tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    await outbox.accept(created(1, 5))
    clock.now += HOUR
    await once(archiving(tmp_path, clock), everything(outbox, 5))
    kept = KeptOutbox(tmp_path / "outbox.sqlite")
    with pytest.raises(OutboxUnreadable, match="its archive is not here"):
        next(kept.pages(5))
    kept.close()
    async with Outbox(tmp_path / "outbox.sqlite", SHARDS) as again:
        with pytest.raises(SegmentBroken, match="its archive is not here"):
            await again.after(0, 10)


def change(tmp_path: Path, statement: str) -> None:
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db, db:
        db.execute(statement)
    db.close()


async def test_an_outbox_that_cannot_be_read_is_a_trouble_and_not_the_end(
    tmp_path: Path, clock: Clock, outbox: Outbox
) -> None:
    await outbox.accept(created(1, 3))

    async def positions() -> dict[str, int]:
        return everything(outbox, 3)

    one = archiving(tmp_path, clock)
    await one.once(positions)
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as database:
        database.execute("ALTER TABLE events RENAME TO elsewhere")
    running = asyncio.create_task(one.run(positions))
    try:
        async with asyncio.timeout(60):
            while one.trouble is None and not running.done():
                await asyncio.sleep(0.005)
        words = "nothing can be archived: outbox.unreadable; the log says more"
        assert (one.trouble, running.done()) == (words, False)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        one.close()
