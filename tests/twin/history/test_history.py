from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import factory
from tests.factory import START, at
from tests.twin.history.keeping import (
    MIDNIGHT,
    Clock,
    days_on_disk,
    opened,
    placed,
    segment_files,
    series,
)
from twin.events.event import Event
from twin.history.engine import HistoryUnavailable
from twin.history.history import Bounds, Committed, History
from twin.history.samples import DAY_MS, GOOD, TOTAL
from twin.records.series import SeriesBucket
from twin.vocabulary.instants import Instant

HOUR = 3_600_000


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    history = opened(tmp_path)
    yield history
    history.close()


def forces(*values: float, first: str = "08:00", unit: str | None = "N") -> list[Event]:
    sample = {"name": "bond_force"} | ({"unit": unit} if unit else {})
    return [
        factory.parameters_sampled(
            event_id=f"force-{first}-{number}",
            occurred_at=at(first) + number * 1000,
            samples=[{**sample, "value": value}],
        )
        for number, value in enumerate(values)
    ]


async def test_samples_can_be_read_as_soon_as_they_are_kept(history: History) -> None:
    await history.keep(placed(forces(1.0, 3.0, 8.0)))
    found = await series(history)
    assert found.buckets == (
        SeriesBucket(
            Instant(MIDNIGHT + 8 * HOUR), Instant(MIDNIGHT + 9 * HOUR), count=3, min=1.0, max=8.0, mean=4.0
        ),
    )
    assert (found.count, found.word_count, found.units) == (3, 0, ("N",))


async def test_a_series_is_the_same_before_and_after_tidying(history: History) -> None:
    await history.keep(placed(forces(1.0, 3.0) + forces(5.0, first="09:59")))
    before = await series(history)
    history.tidy()
    assert await series(history) == before


async def test_waiting_and_settled_samples_of_one_bucket_are_summed_up_together(history: History) -> None:
    await history.keep(placed(forces(1.0, 3.0)))
    history.tidy()
    await history.keep(placed(forces(8.0, first="08:30"), first=3))
    assert [(one.count, one.mean) for one in (await series(history)).buckets] == [(3, 4.0)]


async def test_a_redelivered_event_is_kept_once_while_it_waits(history: History) -> None:
    await history.keep(placed(forces(1.0, 3.0)))
    await history.keep(placed(forces(1.0, 3.0), again=True))
    assert (await series(history)).count == 2


async def test_a_redelivered_event_is_kept_once_after_a_restart_and_tidying(tmp_path: Path) -> None:
    first = opened(tmp_path)
    await first.keep(placed(forces(1.0, 3.0)))
    first.tidy()
    first.close()

    second = opened(tmp_path)
    await second.keep(placed(forces(1.0, 3.0), again=True))
    second.tidy()
    assert (await series(second)).count == 2
    second.close()


async def test_a_history_replayed_into_an_empty_graph_is_not_doubled(history: History) -> None:
    await history.keep(placed(forces(1.0, 3.0)))
    history.tidy()
    await history.keep(placed(forces(1.0, 3.0)))
    assert (await series(history)).count == 2


async def test_an_event_that_another_outbox_also_took_is_kept_once(history: History) -> None:
    await history.keep(placed(forces(1.0)))
    history.tidy()
    await history.keep([Committed(forces(1.0)[0], "other/0", 1, doubtful=True)])
    assert (await series(history)).count == 1


async def test_an_event_set_aside_and_sent_again_is_kept(history: History) -> None:
    early, late = forces(1.0, 3.0)
    await history.keep([Committed(late, "box/0", 2)])
    history.tidy()
    await history.keep([Committed(early, "box/0", 1)])
    assert (await series(history)).count == 2


async def test_a_file_that_a_crash_left_behind_counts_for_nothing_and_goes(tmp_path: Path) -> None:
    clock = Clock()
    history = opened(tmp_path, clock=clock)
    await history.keep(placed(forces(1.0, 3.0)))
    history.tidy()
    counted = segment_files(tmp_path)
    folder = next((tmp_path / "segments").glob("*/*"))
    (folder / "left.parquet").write_bytes((folder / counted[0]).read_bytes())
    (folder / "left.part").write_bytes(b"PAR1")
    assert (await series(history)).count == 2

    clock.now = int((folder / "left.part").stat().st_mtime * 1000) + HOUR
    history.tidy()
    assert segment_files(tmp_path) == counted
    history.close()


async def test_many_small_segments_become_one_and_lose_nothing(tmp_path: Path) -> None:
    clock = Clock()
    history = opened(tmp_path, clock=clock)
    for number in range(12):
        await history.keep(placed(forces(float(number), first=f"{number:02}:00"), first=number + 1))
        history.tidy()
    before = await series(history)
    assert before.count == 12
    clock.now += HOUR
    history.tidy()
    assert len(segment_files(tmp_path)) == 1
    assert await series(history) == before
    history.close()


async def test_a_late_event_lands_in_its_own_day(tmp_path: Path) -> None:
    history = opened(tmp_path)
    await history.keep(placed(forces(1.0) + forces(5.0, first="-3 10:00")))
    history.tidy()
    assert days_on_disk(tmp_path) == [
        "equipment=DB-01/day=2026-02-27",
        "equipment=DB-01/day=2026-03-02",
    ]
    found = await series(history, first=MIDNIGHT - 3 * DAY_MS)
    assert [(one.from_at, one.mean) for one in found.buckets] == [(MIDNIGHT - 3 * DAY_MS + 10 * HOUR, 5.0)]
    history.close()


async def test_a_sample_lies_at_its_own_time_when_it_has_one(history: History) -> None:
    sampled = factory.parameters_sampled(
        occurred_at="08:00",
        samples=[
            {"name": "bond_force", "value": 2.0, "at": "2026-03-01T23:59:59.999Z"},
            {"name": "bond_force", "value": 4.0},
        ],
    )
    await history.keep(placed([sampled]))
    history.tidy()
    assert [one.mean for one in (await series(history)).buckets] == [4.0]
    assert [one.mean for one in (await series(history, first=MIDNIGHT - DAY_MS)).buckets] == [2.0]


@pytest.mark.parametrize("settled", [True, False])
async def test_a_voided_event_no_longer_counts(history: History, *, settled: bool) -> None:
    await history.keep(placed(forces(1.0, 3.0)))
    if settled:
        history.tidy()
    void = factory.event_voided(voided_event_id="force-08:00-1", recorded_at=START)
    await history.keep([Committed(void, "box/0", 3, machine="DB-01")])
    assert [(one.count, one.max) for one in (await series(history)).buckets] == [(1, 1.0)]


async def test_an_event_voided_before_it_came_never_counts(history: History) -> None:
    void = factory.event_voided(voided_event_id="force-08:00-1", recorded_at=START)
    await history.keep([Committed(void, "box/0", 1)])
    await history.keep(placed(forces(1.0, 3.0), first=2))
    history.tidy()
    assert (await series(history)).count == 1


async def test_words_are_counted_apart_and_true_is_one(history: History) -> None:
    values: list[float | str | bool] = [True, False, "HOLD\u0000", 0.5]
    sampled = [
        factory.parameters_sampled(occurred_at="08:00", samples=[{"name": "bond_force", "value": value}])
        for value in values
    ]
    await history.keep(placed(sampled))
    for _ in range(2):
        found = await series(history)
        assert (found.count, found.word_count, found.buckets[0].mean) == (3, 1, 0.5)
        history.tidy()


async def test_counters_are_series_of_their_own_names(history: History) -> None:
    counted = factory.production_counted(occurred_at="08:00", total=1000, good=990)
    await history.keep(placed([counted, factory.production_counted(occurred_at="08:10", total=1100)]))
    assert [one.max for one in (await series(history, name=TOTAL)).buckets] == [1100.0]
    assert [one.max for one in (await series(history, name=GOOD)).buckets] == [990.0]


async def test_two_units_of_one_series_are_both_told(history: History) -> None:
    await history.keep(placed(forces(1.0, unit="N") + forces(2.0, first="09:00", unit="G")))
    assert (await series(history)).units == ("G", "N")
    history.tidy()
    assert (await series(history)).units == ("G", "N")


async def test_days_older_than_the_retention_are_dropped_with_their_files(tmp_path: Path) -> None:
    clock = Clock()
    history = opened(tmp_path, days=7, clock=clock)
    await history.keep(placed(forces(1.0) + forces(5.0, first="-7 10:00") + forces(6.0, first="-8 23:59")))
    history.tidy()
    assert (await series(history, first=MIDNIGHT - 8 * DAY_MS, days=9)).count == 2
    clock.now += HOUR
    history.tidy()
    assert len(segment_files(tmp_path)) == 2
    history.close()


async def test_a_name_that_is_a_path_stays_inside_the_folder(tmp_path: Path) -> None:
    history = opened(tmp_path / "history")
    names = ["../../out", "..", "機" * 128, "a*b?[c]"]
    sampled = [
        factory.parameters_sampled(
            equipment_id=name, occurred_at="08:00", samples=[{"name": "t", "value": 1}]
        )
        for name in names
    ]
    await history.keep(placed(sampled))
    history.tidy()
    assert len(segment_files(tmp_path / "history")) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["history"]
    history.close()


async def test_too_many_waiting_samples_are_settled_by_who_brings_them(tmp_path: Path) -> None:
    history = opened(tmp_path, bounds=Bounds(waiting=2, most=4))
    await history.keep(placed(forces(1.0, 2.0, 3.0)))
    assert segment_files(tmp_path) == []
    await history.keep(placed(forces(4.0, first="09:00"), first=4))
    assert len(segment_files(tmp_path)) == 1
    assert (await series(history)).count == 4
    history.close()


async def test_events_of_other_kinds_leave_no_trace(tmp_path: Path) -> None:
    history = opened(tmp_path / "history")
    await history.keep(placed([factory.lot_created(), factory.alarm_set()]))
    assert not (tmp_path / "history").exists()


async def test_a_segment_that_is_gone_is_a_typed_failure(tmp_path: Path) -> None:
    history = opened(tmp_path)
    await history.keep(placed(forces(1.0)))
    history.tidy()
    for file in (tmp_path / "segments").glob("*/*/*"):
        file.unlink()
    with pytest.raises(HistoryUnavailable) as refusal:
        await series(history)
    assert str(tmp_path) not in refusal.value.message
    history.close()


async def test_a_journal_that_cannot_be_written_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    history = opened(tmp_path)
    await history.keep(placed(forces(1.0)))
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as other, other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON waiting BEGIN SELECT RAISE(ABORT, 'full'); END")
    other.close()
    with pytest.raises(HistoryUnavailable):
        await history.keep(placed(forces(3.0, first="09:00"), first=2))
    assert (await series(history)).count == 1
    history.close()
