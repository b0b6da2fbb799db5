from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import factory
from twin.errors import Refused
from twin.events.codec import encode
from twin.events.event import Event
from twin.intake.ledger import OutboxRefused
from twin.intake.outbox import Outbox
from twin.intake.shards import shard_of
from twin.intake.verdict import Verdict

ROOT = Path(__file__).parents[3]


async def test_accepts_once_and_knows_a_duplicate_and_a_reused_id(tmp_path: Path) -> None:
    event = factory.lot_created(event_id="e-1", occurred_at="08:00")
    other = factory.lot_created(event_id="e-1", occurred_at="08:00", quantity=99)
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        assert await outbox.accept([event]) == [Verdict.ACCEPTED]
        assert await outbox.accept([event, other]) == [Verdict.DUPLICATE, Verdict.REUSED]


async def test_judges_repetitions_inside_one_batch(tmp_path: Path) -> None:
    event = factory.lot_created(event_id="e-1", occurred_at="08:00")
    other = factory.lot_created(event_id="e-1", occurred_at="08:00", quantity=99)
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        assert await outbox.accept([event, other, event]) == [
            Verdict.ACCEPTED,
            Verdict.REUSED,
            Verdict.DUPLICATE,
        ]
        assert await outbox.accept([]) == []


async def test_keeps_events_ids_and_its_own_id_over_a_restart(tmp_path: Path) -> None:
    events = [factory.lot_created(event_id=f"e-{number}") for number in range(100)]
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        await outbox.accept(events)
        before = (outbox.outbox_id, outbox.watermark())

    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        assert (outbox.outbox_id, outbox.watermark()) == before
        assert await outbox.accept(events) == [Verdict.DUPLICATE] * 100
        kept = await outbox.after(0, 1000)
    assert [(entry.seq, entry.payload) for entry in kept] == [
        (number + 1, encode(event)) for number, event in enumerate(events)
    ]
    assert {entry.shard for entry in kept} == {shard_of(events[0], 4)}


async def test_many_small_callers_all_become_durable(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        verdicts = await asyncio.gather(
            *(outbox.accept([factory.lot_created(event_id=f"e-{number}")]) for number in range(300))
        )
    assert verdicts == [[Verdict.ACCEPTED]] * 300
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as db, db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (300,)
        commits = db.execute("SELECT count(DISTINCT recorded_at) FROM events").fetchone()[0]
    db.close()
    assert commits < 300


async def test_recorded_times_never_go_back(tmp_path: Path) -> None:
    clock = iter([2_000, 1_000, 3_000])
    async with Outbox(tmp_path / "outbox.db", 1, clock=lambda: next(clock)) as outbox:
        for number in range(3):
            await outbox.accept([factory.lot_created(event_id=f"e-{number}")])
        assert [entry.recorded_at for entry in await outbox.after(0, 10)] == [2_000, 2_000, 3_000]


async def test_a_watermark_covers_all_that_was_accepted_before_it(tmp_path: Path) -> None:
    first = factory.lot_created(event_id="e-1", lot_id="LOT-1")
    second = factory.lot_created(event_id="e-2", lot_id="LOT-2")
    async with Outbox(tmp_path / "outbox.db", 64) as outbox:
        await outbox.accept([first, second])
        again = await outbox.take([first])
        assert again.watermark.positions == {
            f"{outbox.outbox_id}/{shard_of(first, 64)}": 1,
            f"{outbox.outbox_id}/{shard_of(second, 64)}": 2,
        }
        assert (await outbox.take([])).watermark == outbox.watermark() == again.watermark


async def test_the_number_of_shards_is_fixed_once(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", 4):
        pass
    with pytest.raises(Refused) as caught:
        await Outbox(tmp_path / "outbox.db", 8).open()
    assert caught.value.code == "outbox.shards_fixed"


async def test_refuses_when_too_much_waits_and_takes_again_when_it_is_projected(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", 1, capacity_bytes=1_000) as outbox:
        await outbox.accept([factory.units_scrapped(event_id="e-1", reason="x" * 2_000)])
        with pytest.raises(OutboxRefused) as caught:
            await outbox.accept([factory.lot_created(event_id="e-2")])
        assert caught.value.code == "outbox.full"

        await outbox.projected({f"{outbox.outbox_id}/0": 1})
        assert outbox.waiting_bytes == 0
        assert await outbox.accept([factory.lot_created(event_id="e-2")]) == [Verdict.ACCEPTED]


async def test_reads_on_from_any_place_in_memory_and_on_disk(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        for start in (0, 3_000):
            await outbox.accept(
                [factory.lot_created(event_id=f"e-{start + number}") for number in range(3_000)]
            )
        for place in (0, 1_500, 4_000, 5_990):
            found = [entry.seq for entry in await outbox.after(place, 20)]
            assert found == list(range(place + 1, min(place + 20, 6_000) + 1))
        assert await outbox.after(6_000, 20) == []


async def test_reads_what_another_process_wrote_after_a_silence(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", 4) as outbox, Outbox(tmp_path / "outbox.db", 4) as other:
        await outbox.accept([factory.lot_created(event_id="e-1")])
        assert [entry.seq for entry in await outbox.after(0, 10)] == [1]
        assert await outbox.after(1, 10) == []
        await other.accept([factory.lot_created(event_id="e-2")])
        await outbox.changed(0.0)
        assert [entry.seq for entry in await outbox.after(1, 10)] == [2]
        await outbox.accept([factory.lot_created(event_id="e-3")])
        assert [entry.seq for entry in await outbox.after(1, 10)] == [2, 3]


async def test_a_commit_before_the_last_reading_is_no_news(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        await outbox.accept([factory.lot_created(event_id="e-1")])
        await outbox.after(0, 10)
        waiting = asyncio.create_task(outbox.changed(60.0))
        await asyncio.sleep(0)
        assert not waiting.done()
        await outbox.accept([factory.lot_created(event_id="e-2")])
        await waiting
        assert [entry.seq for entry in await outbox.after(1, 10)] == [2]


async def test_one_event_that_cannot_be_written_fails_its_own_sender_only(tmp_path: Path) -> None:
    broken = factory.lot_created(occurred_at=10**18)
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        good, bad = await asyncio.gather(
            outbox.accept([factory.lot_created()]), outbox.accept([broken]), return_exceptions=True
        )
    assert good == [Verdict.ACCEPTED]
    assert isinstance(bad, Exception)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk needs root and tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)


def scrapped(batch: int) -> list[Event]:
    return [factory.units_scrapped(event_id=f"e-{batch}-{part}", reason="x" * 500) for part in range(20)]


async def test_a_full_disk_refuses_whole_and_keeps_all_it_had(small_disk: Path) -> None:
    accepted = 0
    async with Outbox(small_disk / "outbox.db", 4) as outbox:
        with pytest.raises(OutboxRefused) as caught:
            for batch in range(200):
                await outbox.accept(scrapped(batch))
                accepted += 20
        assert caught.value.code == "outbox.full"

    enlarge(small_disk)
    async with Outbox(small_disk / "outbox.db", 4) as outbox:
        assert 20 <= accepted < 4_000
        assert len(await outbox.after(0, 10_000)) == accepted
        assert await outbox.accept([factory.lot_created()]) == [Verdict.ACCEPTED]


async def test_events_are_taken_again_as_soon_as_the_disk_has_room(small_disk: Path) -> None:
    async with Outbox(small_disk / "outbox.db", 4) as outbox:
        with pytest.raises(OutboxRefused):
            for batch in range(200):
                await outbox.accept(scrapped(batch))
        enlarge(small_disk)
        assert await outbox.accept([factory.lot_created()]) == [Verdict.ACCEPTED]


SENDER = """
import asyncio, sys
from pathlib import Path
from tests import factory
from twin.intake.outbox import Outbox

async def send():
    async with Outbox(Path(sys.argv[1]), 4) as outbox:
        async def one(sender):
            for number in range(100_000):
                name = f"{sender}-{number}"
                await outbox.accept([factory.lot_created(event_id=name)])
                print(name, flush=True)
        await asyncio.gather(*(one(sender) for sender in range(8)))

asyncio.run(send())
"""


async def test_killing_the_process_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    sender = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SENDER, str(tmp_path / "outbox.db"), cwd=ROOT, stdout=subprocess.PIPE
    )
    assert sender.stdout is not None
    told = [(await sender.stdout.readline()).decode().strip() for _ in range(200)]
    os.kill(sender.pid, signal.SIGKILL)
    told += (await sender.stdout.read()).decode().split("\n")[:-1]
    await sender.wait()

    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        kept = [entry.event().event_id for entry in await outbox.after(0, 100_000)]
    assert set(told) - set(kept) == set()
    assert len(kept) == len(set(kept))


async def test_closes_only_after_a_reading_whose_reader_was_cancelled(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db", 4)
    await outbox.open()
    await outbox.accept([factory.lot_created(event_id=f"e-{number}") for number in range(5_000)])
    began, may_go_on = threading.Event(), threading.Event()

    def stop_on_the_way() -> int:
        began.set()
        return 0 if may_go_on.wait(30) else 1

    outbox._shelf._ledger._db.set_progress_handler(stop_on_the_way, 100)
    reading = asyncio.create_task(outbox.after(0, 1_000))
    assert await asyncio.to_thread(began.wait, 30)
    reading.cancel()
    await asyncio.wait([reading])
    closing = asyncio.create_task(outbox.close())
    done, _ = await asyncio.wait([closing], timeout=0.1)
    assert done == set()
    may_go_on.set()
    await closing
