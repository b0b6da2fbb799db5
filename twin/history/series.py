"""Reads a parameter's samples out of the history, summed up by stretches of time."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from twin.history.engine import Engine, HistoryUnavailable
from twin.history.samples import SampleRow
from twin.history.segments import Segments
from twin.records.series import ParameterSeries, SeriesBucket
from twin.vocabulary.instants import Instant

ANSWER_SECONDS: Final = 10.0
_AT_ONCE: Final = 2

_SUMS: Final = """
    SELECT ((sampled_at - $from_at) * $buckets) // $span AS bucket,
           count(value), sum(value), min(value), max(value), count(words), min(unit), max(unit)
    FROM read_parquet($paths::VARCHAR[], hive_partitioning := false)
    WHERE name = $name AND sampled_at >= $from_at AND sampled_at < $to_at
"""
SUMS: Final = f"{_SUMS} GROUP BY bucket"
SUMS_WITHOUT_TAKEN: Final = f"""
    {_SUMS} AND event_id NOT IN (SELECT unnest(from_json($taken::JSON, '["VARCHAR"]'))) GROUP BY bucket
"""


@dataclass(frozen=True, slots=True)
class SeriesAsked:
    """A parameter of a machine from a moment up to another, in so many stretches of equal length."""

    equipment_id: str
    name: str
    from_at: Instant
    to_at: Instant
    buckets: int

    @property
    def span(self) -> int:
        """The milliseconds between the two moments."""
        return self.to_at - self.from_at

    def bucket_of(self, sampled_at: int) -> int:
        """In which stretch a moment lies."""
        return (sampled_at - self.from_at) * self.buckets // self.span

    def starts(self, bucket: int) -> Instant:
        """The first moment of a stretch; of the one after the last, the end of the question."""
        return Instant(self.from_at - (-bucket * self.span // self.buckets))


@dataclass(frozen=True, slots=True)
class _Snapshot:
    paths: tuple[str, ...] = ()
    waiting: tuple[bytes, ...] = ()
    taken: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Sum:
    """What is known of one stretch so far."""

    count: int = 0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, count: int, total: float, low: float, high: float) -> None:
        """Take in what is known of other samples of it."""
        self.count += count
        self.total += total
        self.low, self.high = min(self.low, low), max(self.high, high)


class _Sums:
    """The stretches of one question."""

    def __init__(self, asked: SeriesAsked) -> None:
        self._asked = asked
        self._sums: dict[int, _Sum] = {}
        self._words = 0
        self._units: set[str] = set()

    def add_segments(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take in what DuckDB found in segments."""
        for bucket, count, total, low, high, words, *units in rows:
            self._words += words
            self._units.update(unit for unit in units if unit is not None)
            if count:
                self._sums.setdefault(bucket, _Sum()).add(count, total, low, high)

    def add_waiting(self, rows: Iterable[SampleRow]) -> None:
        """Take in samples that are in no segment yet."""
        asked = self._asked
        for row in rows:
            if row.name != asked.name or not asked.from_at <= row.sampled_at < asked.to_at:
                continue
            if row.unit is not None:
                self._units.add(row.unit)
            if row.value is None:
                self._words += 1
            else:
                found = self._sums.setdefault(asked.bucket_of(row.sampled_at), _Sum())
                found.add(1, row.value, row.value, row.value)

    def series(self) -> ParameterSeries:
        """The answer."""
        asked = self._asked
        return ParameterSeries(
            equipment_id=asked.equipment_id,
            name=asked.name,
            from_at=asked.from_at,
            to_at=asked.to_at,
            units=tuple(sorted(self._units)),
            count=sum(one.count for one in self._sums.values()),
            word_count=self._words,
            buckets=tuple(self._bucket(number, self._sums[number]) for number in sorted(self._sums)),
        )

    def _bucket(self, number: int, one: _Sum) -> SeriesBucket:
        return SeriesBucket(
            from_at=self._asked.starts(number),
            to_at=self._asked.starts(number + 1),
            count=one.count,
            min=one.low,
            max=one.high,
            mean=one.total / one.count,
        )


class SeriesReader:
    """Reads beside the writer, also from another process: it sees all that is durable, each sample once."""

    def __init__(self, journal: Path, segments: Segments, engine: Engine) -> None:
        self._journal, self._segments, self._engine = journal, segments, engine
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def series(self, asked: SeriesAsked) -> ParameterSeries:
        """What a parameter was; without any sample, a series without buckets.

        Raises:
            HistoryUnavailable: it could not be read in time.
        """
        try:
            async with asyncio.timeout(2 * ANSWER_SECONDS), self._at_once:
                return await asyncio.to_thread(self._read, asked)
        except TimeoutError:
            raise HistoryUnavailable("the history of samples is busy; ask again") from None

    def _read(self, asked: SeriesAsked) -> ParameterSeries:
        snapshot = self._snapshot(asked)
        sums = _Sums(asked)
        if snapshot.paths:
            sums.add_segments(self._sums_of(asked, snapshot))
        for rows in snapshot.waiting:
            sums.add_waiting(row for row in _ROWS.decode(rows) if row.event_id not in snapshot.taken)
        return sums.series()

    def _sums_of(self, asked: SeriesAsked, snapshot: _Snapshot) -> list[tuple[Any, ...]]:
        parameters = {
            "paths": self._segments.paths(snapshot.paths),
            "name": asked.name,
            "from_at": asked.from_at,
            "to_at": asked.to_at,
            "span": asked.span,
            "buckets": asked.buckets,
        }
        if not snapshot.taken:
            return self._engine.rows(SUMS, parameters, ANSWER_SECONDS)
        parameters["taken"] = msgspec.json.encode(sorted(snapshot.taken)).decode()
        return self._engine.rows(SUMS_WITHOUT_TAKEN, parameters, ANSWER_SECONDS)

    def _snapshot(self, asked: SeriesAsked) -> _Snapshot:
        """What the journal knows of the question, all of one moment."""
        if not self._journal.exists():
            return _Snapshot()
        extent = (asked.equipment_id, asked.from_at, asked.to_at)
        try:
            with _reading(self._journal) as db:
                return _Snapshot(
                    tuple(row[0] for row in db.execute(_PATHS, extent)),
                    tuple(row[0] for row in db.execute(_WAITING, extent)),
                    frozenset(row[0] for row in db.execute(_TAKEN, extent[:1])),
                )
        except sqlite3.Error as cause:
            raise HistoryUnavailable("the history of samples cannot be read") from cause


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5.0)
    try:
        db.execute("BEGIN")
        yield db
    finally:
        db.close()


_ROWS: Final = msgspec.json.Decoder(list[SampleRow])
_PATHS: Final = "SELECT path FROM segments WHERE equipment_id = ? AND last_at >= ? AND first_at < ?"
_WAITING: Final = "SELECT rows FROM waiting WHERE equipment_id = ? AND last_at >= ? AND first_at < ?"
_TAKEN: Final = "SELECT event_id FROM taken WHERE equipment_id = ? OR equipment_id IS NULL"
