"""Watches a folder into which machines drop files, and turns each whole file into facts once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from connectors.contract import Intake
from connectors.drop_folder import DropFolder, Mark
from connectors.errors import SourceUnavailable, UnreadableMessage
from connectors.file_format import DroppedFile, FileFormat, FileOptions
from connectors.recognition import read
from twin.errors import TwinError
from twin.events.event import Event

RAW_BYTES: Final = 1_048_576
"""How much of an unreadable file goes into its dead letter; the whole file is kept in the folder."""

_DISK_DEADLINE_S: Final = 60.0
_BATCH: Final = 200
_LOG: Final = logging.getLogger(__name__)
R = TypeVar("R")


async def watch(options: FileOptions, intake: Intake, formats: Sequence[FileFormat]) -> None:
    """Reads every file that lies still for two looks, one after another, until it is cancelled.

    A file leaves the folder only after its facts are durable, so a crash in between reads it again, with
    the same event ids. It is then kept in ``archive/<date>``; what cannot be read goes to
    ``rejected/<date>`` and into a dead letter.

    Raises:
        SourceUnavailable: the folder cannot be read or written.
    """
    desk = _Desk(options, intake, formats, DropFolder(options.folder))
    before: dict[str, Mark] = {}
    while True:
        now = await _on_disk(desk.folder.listing)
        still = [name for name, mark in now.items() if before.get(name) == mark]
        for name in still:
            await desk.take(name, now[name])
        before = now
        await asyncio.sleep(options.poll_s)


@dataclass(frozen=True)
class _Desk:
    """Where one file after another is opened, read, handed over and put away."""

    options: FileOptions
    intake: Intake
    formats: Sequence[FileFormat]
    folder: DropFolder

    async def take(self, name: str, mark: Mark) -> None:
        file = await _on_disk(lambda: self.folder.read(name, mark, self.options.max_bytes))
        if file is None:
            return
        try:
            events = await self._events(file, mark)
            await self._hand_over(events)
        except UnreadableMessage as unreadable:
            await self._reject(file, mark, unreadable.stage, unreadable.reason)
            return
        await _on_disk(lambda: self.folder.put_away(file, mark, "archive", _today()))
        _LOG.info("%s: %s gave %d events", self.options.id, _printable(name), len(events))

    async def _events(self, file: DroppedFile, mark: Mark) -> list[Event]:
        if mark.size > self.options.max_bytes:
            limit = self.options.max_bytes
            raise UnreadableMessage(f"{mark.size} bytes; a file holds at most {limit}", stage="size")
        return await asyncio.to_thread(read, file, self.options, self.formats)

    async def _hand_over(self, events: Sequence[Event]) -> None:
        for start in range(0, len(events), _BATCH):
            try:
                await self.intake.emit(events[start : start + _BATCH])
            except TwinError as refused:
                if not refused.code.startswith("event."):
                    raise
                raise UnreadableMessage(f"{refused.code}: {refused.message}", stage="emit") from refused

    async def _reject(self, file: DroppedFile, mark: Mark, stage: str, reason: str) -> None:
        named = f"{_printable(file.name)}: {reason}"
        _LOG.warning("%s: %s", self.options.id, named)
        await self.intake.refuse(file.data[:RAW_BYTES], stage, named)
        await _on_disk(lambda: self.folder.put_away(file, mark, "rejected", _today()))


async def _on_disk(work: Callable[[], R]) -> R:
    try:
        async with asyncio.timeout(_DISK_DEADLINE_S):
            return await asyncio.to_thread(work)
    except TimeoutError as error:
        raise SourceUnavailable("the folder does not answer") from error
    except OSError as error:
        raise SourceUnavailable(f"the folder cannot be used: {error.strerror}") from error


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()[:255]
