"""The bytes of an STDF file, plain or packed, cut into its records."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from connectors.errors import UnreadableMessage

ByteOrder: TypeAlias = Literal["<", ">"]

MAX_UNPACKED: Final = 512 * 1024 * 1024
"""What one file may unpack to; a small file that unpacks to more is a trap."""

FAR: Final = 0x000A
_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31
_STEP: Final = 1 << 20
_BYTE_ORDERS: Final[dict[int, ByteOrder]] = {1: ">", 2: "<"}


class Record(NamedTuple):
    """One record: its type in the high byte, its sub-type in the low byte, and its fields."""

    kind: int
    fields: bytes


@dataclass(frozen=True)
class Unpacked:
    """The plain bytes of a file; ``whole`` is false when the packed file was cut or damaged."""

    data: bytes
    whole: bool


def recognises(head: bytes) -> bool:
    """Whether a file begins with an STDF V4 file attributes record, packed or not."""
    if head[:2] == _GZIP:
        try:
            head = zlib.decompressobj(_GZIP_WINDOW).decompress(head, 64)
        except zlib.error:
            return False
    return _order(head) is not None


def unpacked(data: bytes, limit: int = MAX_UNPACKED) -> Unpacked:
    """The plain bytes, as far as a packed file can be read.

    Raises:
        UnreadableMessage: it unpacks to more than ``limit``.
    """
    if data[:2] != _GZIP:
        return Unpacked(data, whole=True)
    parts: list[bytes] = []
    size = 0
    whole = True
    while data[:2] == _GZIP:
        inflater = zlib.decompressobj(_GZIP_WINDOW)
        for part in _inflated(inflater, data):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise UnreadableMessage(f"the file unpacks to more than {limit} bytes")
        whole = whole and inflater.eof
        data = inflater.unused_data
    return Unpacked(b"".join(parts), whole)


class RecordReader:
    """Walks over the records; afterwards ``cut`` says whether the last one was whole."""

    def __init__(self, data: bytes) -> None:
        order = _order(data)
        if order is None:
            raise UnreadableMessage("the file does not begin with an STDF V4 FAR record of CPU type 1 or 2")
        self.order: ByteOrder = order
        self.cut = False
        self._data = data

    def records(self, wanted: frozenset[int]) -> Iterator[Record]:
        """The records of the wanted kinds, in the order of the file."""
        data, size = self._data, len(self._data)
        head = struct.Struct(self.order + "HBB").unpack_from
        at = 0
        while at + 4 <= size:
            length, kind, sub = head(data, at)
            end = at + 4 + length
            if end > size:
                break
            if (code := kind << 8 | sub) in wanted:
                yield Record(code, data[at + 4 : end])
            at = end
        self.cut = at != size


def _order(head: bytes) -> ByteOrder | None:
    if len(head) < 6 or head[2:4] != b"\x00\x0a" or head[5] != 4:
        return None
    order = _BYTE_ORDERS.get(head[4])
    if order is None or struct.unpack_from(order + "H", head)[0] != 2:
        return None
    return order


def _inflated(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    try:
        yield inflater.decompress(data, _STEP)
        while not inflater.eof and inflater.unconsumed_tail:
            yield inflater.decompress(inflater.unconsumed_tail, _STEP)
    except zlib.error:
        return
