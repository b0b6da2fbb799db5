from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.factory import START
from twin.events.event import Event
from twin.history.history import Bounds, Committed, History, Outlet
from twin.history.samples import DAY_MS
from twin.history.series import SeriesAsked
from twin.records.series import ParameterSeries
from twin.vocabulary.instants import Instant

SHARD = "box/0"
MIDNIGHT = START // DAY_MS * DAY_MS


class Clock:
    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def opened(
    folder: Path,
    *,
    days: int = 400,
    clock: Clock | None = None,
    outlet: Outlet | None = None,
    bounds: Bounds | None = None,
) -> History:
    return History(folder, days, clock or Clock(), outlet, bounds)


def placed(events: Iterable[Event], first: int = 1, *, again: bool = False) -> list[Committed]:
    return [Committed(event, SHARD, seq, doubtful=again) for seq, event in enumerate(events, first)]


async def series(
    history: History, *, name: str = "bond_force", first: int = MIDNIGHT, days: int = 1, buckets: int = 24
) -> ParameterSeries:
    asked = SeriesAsked("DB-01", name, Instant(first), Instant(first + days * DAY_MS), buckets)
    return await history.series(asked)


def segment_files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "segments").glob("*/*/*"))


def days_on_disk(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder / "segments").as_posix() for path in (folder / "segments").glob("*/*")
    )
