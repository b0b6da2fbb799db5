"""One accepted event as a line of an archive: its place, its clock, and the bytes that were accepted."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
from msgspec import Raw, Struct


class Row(NamedTuple):
    """A row of an outbox; ``event_id`` and ``digest`` are told where the bytes are not what was accepted."""

    seq: int
    shard: int
    recorded_at: int
    payload: bytes
    event_id: str | None = None
    digest: str | None = None


class _Sound(Struct):
    seq: int
    shard: int
    recorded_at: int
    event: Raw


class _Damaged(Struct):
    seq: int
    shard: int
    recorded_at: int
    event_id: str | None
    content_hash: str
    damaged: str


class _Line(Struct):
    seq: int
    shard: int
    recorded_at: int
    event: Raw = Raw()
    event_id: str | None = None
    content_hash: str | None = None
    damaged: str | None = None


def written(row: Row) -> bytes:
    """The row as a line of JSON; a sound event stands in it letter by letter."""
    if row.digest is None:
        return _ENCODER.encode(_Sound(row.seq, row.shard, row.recorded_at, Raw(row.payload))) + b"\n"
    kept = base64.b64encode(row.payload).decode()
    line = _Damaged(row.seq, row.shard, row.recorded_at, row.event_id, row.digest, kept)
    return _ENCODER.encode(line) + b"\n"


def read(text: bytes) -> Iterator[Row]:
    """The rows of some lines.

    Raises:
        ValueError: a line is none of these.
    """
    for piece in text.removesuffix(b"\n").split(b"\n"):
        line = _DECODER.decode(piece)
        if payload := bytes(line.event):
            yield Row(line.seq, line.shard, line.recorded_at, payload)
        else:
            kept = base64.b64decode(line.damaged or "", validate=True)
            yield Row(line.seq, line.shard, line.recorded_at, kept, line.event_id, line.content_hash)


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(_Line)
