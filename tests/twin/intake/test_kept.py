from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import factory
from twin.intake.archiving import Archiving, Bounds, Positions
from twin.intake.kept import Damage, KeptOutbox, OutboxUnreadable, Page
from twin.intake.outbox import Outbox
from twin.intake.watermark import position_id

SHARDS = 2


async def written(path: Path, count: int) -> None:
    async with Outbox(path, SHARDS) as outbox:
        await outbox.accept(
            [factory.lot_created(event_id=f"e{n}", lot_id=f"L{n}") for n in range(1, count + 1)]
        )


def changed(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement, values)


def read(path: Path, archives: Path | None = None) -> tuple[list[str], list[tuple[int, str | None, str]]]:
    kept = KeptOutbox(path, archives)
    try:
        pages = list(kept.pages(kept.last()))
    finally:
        kept.close()
    damaged = [(row.seq, row.event_id, row.reason) for page in pages for row in page.damaged]
    return [entry.event().event_id for page in pages for entry in page.entries], damaged


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "outbox.sqlite"
    await written(path, 5)
    return path


async def test_all_that_was_accepted_is_read_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    async with Outbox(path, SHARDS) as outbox:
        await outbox.accept([factory.lot_created(event_id="first")])
        kept = KeptOutbox(path)
        assert kept.last() == 1
        await outbox.accept([factory.lot_created(event_id="second", lot_id="LOT-2")])
        assert kept.last() == 2
        assert [e.event().event_id for page in kept.pages(2) for e in page.entries] == ["first", "second"]
        kept.close()


async def test_a_shard_is_read_between_two_places(path: Path) -> None:
    kept = KeptOutbox(path)
    everything = [entry for page in kept.pages(5) for entry in page.entries]
    for shard in range(SHARDS):
        found: list[Page] = list(kept.pages_of_shard(shard, 1, 4))
        wanted = [entry for entry in everything if entry.shard == shard and 1 < entry.seq <= 4]
        assert [entry for page in found for entry in page.entries] == wanted
    kept.close()


async def test_a_row_with_other_bytes_is_damaged_and_the_others_are_read(path: Path) -> None:
    changed(path, "UPDATE events SET payload = replace(payload, 'L3', 'L9') WHERE seq = 3")
    assert read(path) == (
        ["e1", "e2", "e4", "e5"],
        [(3, "e3", "its bytes are not those that were accepted")],
    )


async def test_a_row_without_bytes_is_damaged(path: Path) -> None:
    changed(path, "UPDATE events SET payload = NULL WHERE seq = 5")
    assert read(path) == (["e1", "e2", "e3", "e4"], [(5, "e5", "its bytes are gone")])


async def test_rows_that_are_gone_are_told(path: Path) -> None:
    changed(path, "DELETE FROM events WHERE seq IN (1, 3, 4)")
    assert read(path) == (
        ["e2", "e5"],
        [(1, None, "rows 1 to 1 are missing"), (3, None, "rows 3 to 4 are missing")],
    )


async def test_bytes_under_another_id_are_damaged(path: Path) -> None:
    changed(path, "UPDATE events SET event_id = 'other' WHERE seq = 2")
    assert read(path)[1] == [(2, "other", "its bytes are those of another event")]


def test_an_absent_or_foreign_file_is_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.sqlite"
    foreign.write_bytes(b"no database at all, but longer than a header of a hundred bytes " * 4)
    for path in (tmp_path / "absent.sqlite", foreign):
        with pytest.raises(OutboxUnreadable, match=path.name):
            KeptOutbox(path)
    assert not (tmp_path / "absent.sqlite").exists()


async def test_damage_names_its_outbox(path: Path) -> None:
    changed(path, "UPDATE events SET payload = NULL WHERE seq = 1")
    kept = KeptOutbox(path)
    assert next(kept.pages(5)).damaged == [Damage(kept.outbox_id, 1, "e1", "its bytes are gone")]
    kept.close()


async def test_an_event_that_reused_an_id_is_sound_here_and_in_the_archive(path: Path) -> None:
    async with Outbox(path, SHARDS) as outbox:
        await outbox.accept([factory.lot_created(event_id="e1", lot_id="L1", quantity=7)])
        reached = {position_id(outbox.outbox_id, shard): 6 for shard in range(SHARDS)}
    everything = ([f"e{n}" for n in (1, 2, 3, 4, 5, 1)], [])
    assert read(path) == everything
    archives = path.parent / "archive"

    archiving = Archiving(path, SHARDS, archives, 0, lambda: 2**41, Bounds(wait_ms=0))
    await archiving.once(_known(reached))
    archiving.close()

    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (0,)
    assert read(path, archives) == everything


def _known(reached: dict[str, int]) -> Positions:
    async def positions() -> dict[str, int]:
        return reached

    return positions
