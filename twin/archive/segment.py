"""One file of an archive: compressed frames of lines, their index, and a seal over every byte.

Any zstd program reads it: index and seal are skippable frames behind the data.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import zstandard
from msgspec import Struct

from twin.archive.lines import Row, read, written
from twin.errors import TwinError

FRAME_BYTES: Final = 1024 * 1024
"""Bytes of lines after which a frame ends; only a single larger event makes it longer."""

FRAME_ROWS: Final = 2_000

_FORMAT: Final = 1
_LARGEST_FRAME: Final = 16 * 1024 * 1024
_LARGEST_INDEX: Final = 16 * 1024 * 1024
_LEVEL: Final = 3
_SKIPPED: Final = 0x184D2A50
_HEAD: Final = struct.Struct("<II")
_PLACE: Final = struct.Struct("<Q")
_DIGEST: Final = 32
_SEAL: Final = _HEAD.size + _PLACE.size + _DIGEST
_AT_ONCE: Final = 1024 * 1024


class SegmentBroken(TwinError):
    """A file of the archive is not what was sealed; its name is in the words."""

    code = "archive.broken"


class Frame(Struct, array_like=True, frozen=True):
    """Where a frame stands in its file, and which places it holds."""

    offset: int
    length: int
    first: int
    last: int


class Index(Struct, frozen=True, kw_only=True):
    """What a segment says of itself: whose it is, which places it covers, the seal of the one before."""

    format: int
    outbox: str
    number: int
    previous: str
    first: int
    last: int
    rows: int
    recorded_from: int
    recorded_to: int
    frames: list[Frame]


class Sealed(Struct, frozen=True):
    """An index and the seal that the next segment names."""

    index: Index
    seal: str


def write(path: Path, outbox: str, number: int, former: Sealed | None, rows: Iterable[Row]) -> Sealed:
    """Write and seal a segment; it is durable, and there as a whole, when this returns.

    Raises:
        OSError: the disk is full or failing; nothing of that name is there.
        ValueError: there is no row.
    """
    started = path.with_suffix(".part")
    try:
        with started.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            writer = _Writer(file)
            for row in rows:
                writer.add(row)
            sealed = writer.seal(outbox, number, former)
            file.flush()
            os.fsync(file.fileno())
        started.replace(path)
        sync_folder(path.parent)
    except BaseException:
        started.unlink(missing_ok=True)
        raise
    return sealed


def opened(path: Path) -> Sealed:
    """What a segment says of itself; the seal is read, not checked.

    Raises:
        SegmentBroken: it is cut off, or no segment.
    """
    with _reading(path) as file:
        return _opened(file, path)


def check(path: Path) -> Sealed:
    """Hold every byte of a segment against its seal.

    Raises:
        SegmentBroken: they do not fit.
    """
    with _reading(path) as file:
        sealed = _opened(file, path)
        left = file.seek(0, os.SEEK_END) - _DIGEST
        file.seek(0)
        digest = hashlib.sha256()
        while piece := file.read(min(left, _AT_ONCE)):
            digest.update(piece)
            left -= len(piece)
    if digest.hexdigest() != sealed.seal:
        raise _broken(path, "its bytes are not those that were sealed")
    return sealed


def rows_of(path: Path, sealed: Sealed, after: int) -> Iterator[Row]:
    """The rows of a segment after a place; one frame at a time is in memory.

    Raises:
        SegmentBroken: a frame cannot be read.
    """
    for frame in sealed.index.frames:
        if frame.last > after:
            yield from (row for row in _frame(path, frame) if row.seq > after)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


class _Writer:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self._offset = 0
        self._waiting: list[bytes] = []
        self._size = 0
        self._clocks = (0, 0)
        self._places = (0, 0)
        self._rows = 0
        self._frames: list[Frame] = []

    def add(self, row: Row) -> None:
        line = written(row)
        if not self._rows:
            self._clocks = (row.recorded_at, row.recorded_at)
        self._places = (self._places[0] if self._waiting else row.seq, row.seq)
        self._clocks = (self._clocks[0], row.recorded_at)
        self._rows += 1
        self._waiting.append(line)
        self._size += len(line)
        if self._size >= FRAME_BYTES or len(self._waiting) >= FRAME_ROWS:
            self._end_frame()

    def seal(self, outbox: str, number: int, former: Sealed | None) -> Sealed:
        self._end_frame()
        if not self._frames:
            raise ValueError("a segment without rows is none")
        index = Index(
            format=_FORMAT,
            outbox=outbox,
            number=number,
            previous=former.seal if former else "",
            first=former.index.last + 1 if former else 1,
            last=self._frames[-1].last,
            rows=self._rows,
            recorded_from=self._clocks[0],
            recorded_to=self._clocks[1],
            frames=self._frames,
        )
        place = self._offset
        text = msgspec.json.encode(index)
        self._put(_HEAD.pack(_SKIPPED, len(text)) + text)
        self._put(_HEAD.pack(_SKIPPED, _PLACE.size + _DIGEST) + _PLACE.pack(place))
        self._file.write(self._digest.digest())
        return Sealed(index, self._digest.hexdigest())

    def _end_frame(self) -> None:
        if self._waiting:
            frame = self._compressor.compress(b"".join(self._waiting))
            self._frames.append(Frame(self._offset, len(frame), *self._places))
            self._put(frame)
            self._waiting, self._size = [], 0

    def _put(self, piece: bytes) -> None:
        self._file.write(piece)
        self._digest.update(piece)
        self._offset += len(piece)


def _reading(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as fault:
        raise _broken(path, "it cannot be read") from fault


def _opened(file: BinaryIO, path: Path) -> Sealed:
    size = file.seek(0, os.SEEK_END)
    if size < _SEAL + _HEAD.size:
        raise _broken(path, "it is cut off")
    file.seek(size - _SEAL)
    seal = file.read(_SEAL)
    place = _PLACE.unpack_from(seal, _HEAD.size)[0]
    length = size - _SEAL - place - _HEAD.size
    if seal[: _HEAD.size] != _HEAD.pack(_SKIPPED, _PLACE.size + _DIGEST) or not 0 < length <= _LARGEST_INDEX:
        raise _broken(path, "it is cut off")
    file.seek(place)
    if file.read(_HEAD.size) != _HEAD.pack(_SKIPPED, length):
        raise _broken(path, "its index is damaged")
    try:
        index = _INDEX.decode(file.read(length))
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise _broken(path, "its index is damaged") from fault
    if index.format != _FORMAT:
        raise _broken(path, f"its format is {index.format}, which this program does not know")
    return Sealed(index, seal[-_DIGEST:].hex())


def _frame(path: Path, frame: Frame) -> list[Row]:
    with _reading(path) as file:
        file.seek(frame.offset)
        packed = file.read(min(frame.length, _LARGEST_FRAME))
    try:
        if zstandard.frame_content_size(packed) > _LARGEST_FRAME:
            raise _broken(path, "a frame is larger than any that was written")
        return list(read(zstandard.ZstdDecompressor().decompress(packed)))
    except (zstandard.ZstdError, ValueError) as fault:
        raise _broken(path, f"the frame of places {frame.first} to {frame.last} is damaged") from fault


def _broken(path: Path, reason: str) -> SegmentBroken:
    return SegmentBroken(f"{path.parent.name}/{path.name}: {reason}")


_INDEX: Final = msgspec.json.Decoder(Index)
