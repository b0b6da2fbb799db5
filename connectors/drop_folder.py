"""A folder of dropped files on disk: what lies in it, reading it, putting it away."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from itertools import islice
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from connectors.file_format import HEAD_BYTES, DroppedFile
from twin.vocabulary.instants import Instant

Shelf: TypeAlias = Literal["archive", "rejected"]

MAX_LISTED: Final = 10_000
"""How many files one look takes in; the others wait for the next."""

_LOG: Final = logging.getLogger(__name__)
_HIDDEN: Final = (".", "~")
_UNFINISHED: Final = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock", "~")
_NAME_BYTES: Final = 180


class Mark(NamedTuple):
    """How a file lay in the folder at one look; equal twice means nobody writes it any more."""

    inode: int
    size: int
    modified_ns: int


class DropFolder:
    """The folder, read and written by blocking calls; a thread of its own does them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def listing(self) -> dict[str, Mark]:
        """The regular, finished, non-empty files, the oldest first. Links and sub-folders stay alone."""
        found: dict[str, Mark] = {}
        for entry in islice(self._folder.iterdir(), MAX_LISTED):
            if entry.name.startswith(_HIDDEN) or entry.name.lower().endswith(_UNFINISHED):
                continue
            mark = _mark(entry)
            if mark is not None and mark.size:
                found[entry.name] = mark
        return dict(sorted(found.items(), key=lambda item: (item[1].modified_ns, item[0])))

    def read(self, name: str, mark: Mark, limit: int) -> DroppedFile | None:
        """The file as it was marked; ``None`` when it changed or went since. Of a longer one, its head."""
        path = self._folder / name
        if _mark(path) != mark:
            return None
        try:
            with path.open("rb") as opened:
                data = opened.read(mark.size if mark.size <= limit else HEAD_BYTES)
        except PermissionError:
            _LOG.warning("%s may not be read", ascii(name))
            return None
        if _mark(path) != mark:
            return None
        return DroppedFile(name, data, Instant(mark.modified_ns // 1_000_000))

    def put_away(self, file: DroppedFile, mark: Mark, shelf: Shelf, day: str) -> Path:
        """Moves the original to its shelf, named by its content; a repeated file takes no more room.

        A file written anew under the same name in the meantime stays where it is, to be read next.
        """
        kept = self._folder / shelf / day
        kept.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(file.data).hexdigest()
        if len(file.data) != mark.size:
            digest = f"{digest}-{mark.modified_ns}"
        path, target = self._folder / file.name, kept / f"{digest}-{_shortened(file.name)}"
        try:
            path.replace(target)
        except FileNotFoundError:
            target.write_bytes(file.data)
            return target
        if _mark(target) != mark:
            target.replace(path)
            target.write_bytes(file.data)
        return target


def _mark(path: Path) -> Mark | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Mark(found.st_ino, found.st_size, found.st_mtime_ns)


def _shortened(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[-_NAME_BYTES:])
