"""Sends rows in pieces that one message can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, LiteralString, TypeVar

from twin.graph.session import Transaction
from twin.projection.projection import Row

R = TypeVar("R", Row, list[Any], Row | list[Any])

_MOST_ROWS: Final = 2_000
_MOST_BYTES: Final = 4 * 1024 * 1024
_ROW_BYTES: Final = 128


async def send(tx: Transaction, statement: LiteralString, rows: Sequence[Row | list[Any]]) -> None:
    """Write rows with a statement, in their order; nothing is sent when there are none."""
    for piece in pieces(rows):
        await tx.send(statement, rows=piece)


def pieces(rows: Sequence[R]) -> Iterator[list[R]]:
    """The rows in their order, each piece small enough for one message."""
    piece: list[R] = []
    size = 0
    for row in rows:
        length = _ROW_BYTES + _length(row)
        if piece and (len(piece) >= _MOST_ROWS or size + length > _MOST_BYTES):
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += length
    if piece:
        yield piece


def _length(row: dict[str, Any] | list[Any]) -> int:
    """About how many bytes the texts of a row take."""
    total = 0
    for value in row.values() if isinstance(row, dict) else row:
        kind = type(value)
        if kind is str or kind is bytes:
            total += len(value)
        elif kind is dict or kind is list:
            total += _length(value)
    return total
