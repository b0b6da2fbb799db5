"""Starts the service with a wall clock that somebody else can move, as a wrong time server would."""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time
from pathlib import Path


def move_clock(file: Path, seconds: float) -> None:
    """Set how far the wall clock of every process started on this file is off."""
    with file.open("r+b") as opened:
        opened.write(struct.pack("q", int(seconds * 1e9)))


def clock_file(folder: Path) -> Path:
    """A clock that is right."""
    file = folder / "clock"
    file.write_bytes(struct.pack("q", 0))
    return file


def main() -> None:
    """Move the clock of this process, then be ``dieloom``."""
    with Path(os.environ["CHAOS_CLOCK"]).open("r+b") as opened:
        offset = mmap.mmap(opened.fileno(), 8)
    right = time.time_ns

    def wrong() -> int:
        return right() + int.from_bytes(offset[:8], sys.byteorder, signed=True)

    time.time_ns = wrong
    time.time = lambda: wrong() / 1e9

    from cli.main import main as dieloom  # noqa: PLC0415 - after the clock is ours

    dieloom()


if __name__ == "__main__":
    main()
