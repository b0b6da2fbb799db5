"""A power cut: what a process wrote and had not yet synced when it died is taken off the disk again."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

STRACE = shutil.which("strace")
_CALL = re.compile(
    r"^\d+ +(?:<\.\.\. )?(?P<name>pwrite64|write|fdatasync|fsync|ftruncate)"
    r"(?:\((?P<fd>\d+)<(?P<path>[^>]*)>)?(?P<rest>.*)$"
)
APPENDED = -1
"""The place of what was written at the end of a file, wherever that was."""

_WRITE = re.compile(r", (?P<length>\d+)(?:\) = \d+| <unfinished)")
_PWRITE = re.compile(r", (?P<length>\d+), (?P<offset>\d+)(?:\) = \d+| <unfinished)")


@dataclass
class Watch:
    """Follows the writes and syncs of a running process."""

    strace: asyncio.subprocess.Process
    log: Path

    @classmethod
    async def begin(cls, pid: int, log: Path) -> Watch:
        assert STRACE is not None
        calls = "trace=pwrite64,write,fdatasync,fsync,ftruncate"
        strace = await asyncio.create_subprocess_exec(
            STRACE, "-f", "-y", "-s", "0", "-e", calls, "-o", str(log), "-p", str(pid),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        return cls(strace, log)

    async def end(self) -> None:
        """Wait for strace to follow the dead process into its end."""
        try:
            async with asyncio.timeout(60):
                await self.strace.wait()
        except TimeoutError:
            self.strace.kill()
            await self.strace.wait()


def unsynced(log: str, path: Path) -> list[tuple[int, int]]:
    """Ranges of a file, as (place, length), that were written after its last finished sync."""
    pending: list[tuple[int, int]] = []
    asked: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in log.splitlines():
        call = _CALL.match(line)
        if call is None or call["path"] not in (str(path), None):
            continue
        thread = line.split(maxsplit=1)[0]
        if call["name"] in ("fdatasync", "fsync"):
            covered = _synced(call, pending, asked, thread)
            pending = [one for one in pending if one not in covered]
        else:
            pending += _written(call)
    return pending


def _written(call: re.Match[str]) -> list[tuple[int, int]]:
    if call["path"] is None:
        return []
    if call["name"] == "pwrite64" and (place := _PWRITE.search(call["rest"])):
        return [(int(place["offset"]), int(place["length"]))]
    if call["name"] == "write" and (size := _WRITE.search(call["rest"])):
        return [(APPENDED, int(size["length"]))]
    return []


def _synced(
    call: re.Match[str],
    pending: list[tuple[int, int]],
    asked: dict[str, list[tuple[int, int]]],
    thread: str,
) -> list[tuple[int, int]]:
    """What a finished sync covers: all that was written before it began."""
    if call["path"] is None:
        return asked.pop(thread, []) if "= 0" in call["rest"] else []
    if "unfinished" in call["rest"]:
        asked[thread] = list(pending)
        return []
    return list(pending)


def undo(path: Path, ranges: list[tuple[int, int]]) -> int:
    """Take ranges off the disk: cut those at the end of the file off, blank the others; how many bytes."""
    lost = 0
    for offset, length in sorted(ranges, reverse=True):
        size = path.stat().st_size
        with path.open("r+b") as file:
            if offset == APPENDED:
                file.truncate(max(size - length, 0))
            elif offset < size <= offset + length:
                file.truncate(offset)
            elif offset + length <= size:
                file.seek(offset)
                file.write(bytes(length))
        lost += length
    return lost
