"""Parquet segments: the samples of one machine on one day, in files that are whole or not there."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from twin.history.engine import Engine

_SECONDS: Final = 60.0
_LONGEST_NAME: Final = 120
_SHAPE: Final = (
    '[{"event_id":"VARCHAR","equipment_id":"VARCHAR","sampled_at":"BIGINT","name":"VARCHAR",'
    '"value":"DOUBLE","words":"VARCHAR","unit":"VARCHAR","lot_id":"VARCHAR","substrate_id":"VARCHAR"}]'
)

WRITE: Final = """
    COPY (
        SELECT event_id, equipment_id, sampled_at, name, value, words, unit, lot_id, substrate_id
        FROM (SELECT unnest(from_json($samples::JSON, $shape), recursive := true))
        ORDER BY name, sampled_at
    ) TO $path (FORMAT parquet, COMPRESSION 'zstd', ROW_GROUP_SIZE 20480)
"""
MERGE: Final = """
    COPY (
        SELECT event_id, equipment_id, sampled_at, name, value, words, unit, lot_id, substrate_id
        FROM read_parquet($paths::VARCHAR[], hive_partitioning := false)
        ORDER BY name, sampled_at
    ) TO $path (FORMAT parquet, COMPRESSION 'zstd', ROW_GROUP_SIZE 20480)
"""
HELD: Final = """
    SELECT DISTINCT event_id FROM read_parquet($paths::VARCHAR[], hive_partitioning := false)
    WHERE event_id IN (SELECT unnest(from_json($event_ids::JSON, '["VARCHAR"]')))
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """One file: whose samples, of which day, how many, from when to when; its path is below the folder."""

    path: str
    equipment_id: str
    day: int
    first_at: int
    last_at: int
    samples: int


class Segments:
    """The folder of all segments; which of its files count, the journal knows."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder, self._engine = folder, engine

    def write(self, extent: Segment, samples: bytes) -> None:
        """Put samples, a JSON list of rows, into a new file; durable when this returns.

        Raises:
            HistoryUnavailable: the file could not be written; what there is of it counts for nothing.
            OSError: the disk is full or failing.
        """
        self._put(extent.path, WRITE, {"samples": samples.decode(), "shape": _SHAPE})

    def merge(self, parts: Sequence[Segment]) -> Segment:
        """Put the samples of several segments of one machine and day into a new one.

        Raises:
            HistoryUnavailable: it could not be written; the parts are as they were.
            OSError: the disk is full or failing.
        """
        whole = Segment(
            new_path(parts[0].equipment_id, parts[0].day),
            parts[0].equipment_id,
            parts[0].day,
            min(part.first_at for part in parts),
            max(part.last_at for part in parts),
            sum(part.samples for part in parts),
        )
        self._put(whole.path, MERGE, {"paths": self.paths(part.path for part in parts)})
        return whole

    def held(self, segments: Iterable[Segment], event_ids: Sequence[str]) -> set[str]:
        """Which of these events have samples in these segments."""
        paths = self.paths({segment.path for segment in segments})
        if not paths:
            return set()
        names = msgspec.json.encode(event_ids).decode()
        found = self._engine.rows(HELD, {"paths": paths, "event_ids": names}, _SECONDS)
        return {row[0] for row in found}

    def paths(self, relative: Iterable[str]) -> list[str]:
        """Where DuckDB finds these files, taken letter by letter."""
        # A bracket, star or question mark in the folder's own name would be a pattern.
        return [_literal(str(self._folder / path)) for path in relative]

    def remove(self, relative: Iterable[str]) -> None:
        """Delete files; those that are gone already are no failure."""
        for path in relative:
            (self._folder / path).unlink(missing_ok=True)

    def unknown(self, known: set[str], older_than: float) -> list[str]:
        """Files that nothing refers to, left behind by a crash; only those last written before a moment."""
        found = []
        for file in self._folder.glob("equipment=*/day=*/*"):
            path = file.relative_to(self._folder).as_posix()
            if path not in known and file.stat().st_mtime < older_than:
                found.append(path)
        return found

    def _put(self, path: str, statement: str, parameters: dict[str, object]) -> None:
        final = self._folder / path
        missing = [folder for folder in final.parents if not folder.exists()]
        final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        started = final.with_suffix(".part")
        try:
            self._engine.rows(statement, {**parameters, "path": str(started)}, _SECONDS)
            _sync(started)
            started.replace(final)
            for folder in {final.parent, *(made.parent for made in missing)}:
                _sync(folder)
        except BaseException:
            started.unlink(missing_ok=True)
            raise


def new_path(equipment_id: str, day: int) -> str:
    """A path that no file ever had, for the samples of a machine on a day."""
    name = quote(equipment_id, safe="")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}~{hashlib.sha256(equipment_id.encode()).hexdigest()[:16]}"
    return f"equipment={name}/day={day_name(day)}/{uuid.uuid4().hex}.parquet"


def day_name(day: int) -> str:
    """A day counted since 1970, as the calendar has it; only a name beyond the calendar's years."""
    try:
        return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    except OverflowError:
        return str(day)


def _literal(path: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
