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
            async with asyncio.timeout(5.0):
                await self.strace.wait()
        except TimeoutError:
            self.strace.kill()
            await self.strace.wait()


def unsynced(log: str, path: Path) -> list[tuple[int, int]]:
    """Ranges of a file, as (offset, length), that were written after its last finished sync."""
    pending: list[tuple[int, int]] = []
    asked: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in log.splitlines():
        call = _CALL.match(line)
        thread = line.split(maxsplit=1)[0]
        if call is None:
            continue
        name, ours = call["name"], call["path"] == str(path)
        if name == "pwrite64" and ours and (place := _PWRITE.search(call["rest"])):
            pending.append((int(place["offset"]), int(place["length"])))
        elif name in ("fdatasync", "fsync"):
            if ours and "unfinished" not in call["rest"]:
                pending = []
            elif ours:
                asked[thread] = list(pending)
            elif call["path"] is None and thread in asked and "= 0" in call["rest"]:
                covered = asked.pop(thread)
                pending = [one for one in pending if one not in covered]
    return pending


def undo(path: Path, ranges: list[tuple[int, int]]) -> int:
    """Take ranges off the disk: cut those at the end of the file off, blank the others; how many bytes."""
    lost = 0
    for offset, length in sorted(ranges, reverse=True):
        size = path.stat().st_size
        with path.open("r+b") as file:
            if offset < size <= offset + length:
                file.truncate(offset)
            elif offset + length <= size:
                file.seek(offset)
                file.write(bytes(length))
        lost += length
    return lost
