"""What a scanner must not forget: its own name, how many codes it told, and the lot at its station."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4, uuid5

import msgspec
from msgspec import Struct

_FILE: Final = "station.json"


class TrackIn(Struct, frozen=True):
    """The event under which the lot at the station was told."""

    lot_id: str
    sequence: int
    at: int


class Memory(Struct, frozen=True):
    """What is kept on disk; a scanner whose memory is lost gets a new name, so no id is used twice."""

    scanner: UUID
    told: int = 0
    lot: TrackIn | None = None

    def event_id(self, sequence: int) -> str:
        """The id of the event with that number."""
        return str(uuid5(self.scanner, str(sequence)))


def remembered(folder: Path) -> Memory:
    """The memory of a scanner, a new one if there is none that can be read."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=Memory)
    except (FileNotFoundError, msgspec.DecodeError):
        return Memory(uuid4())


def remember(folder: Path, memory: Memory) -> None:
    """Keeps a memory so that a power cut leaves this one or the one before."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f"{_FILE}.new"
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(memory))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _FILE)
