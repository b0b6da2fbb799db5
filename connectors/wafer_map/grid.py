"""Bin codes as text rows, and as the twin's compact map."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sys import byteorder
from typing import Final

from connectors.errors import UnreadableMessage
from connectors.file_format import RowOrder
from twin.vocabulary.states import MapAxis

NO_BIN: Final = 65_535
"""The null bin of a map that states none: no narrower code can mean it."""

MAX_SITES: Final = 1_500_000
_MAX_SIDE: Final = 65_535


@dataclass(frozen=True)
class Coding:
    """How a bin type writes one bin: how many characters, and what they mean."""

    digits: int
    number: Callable[[str], int]


def _hexadecimal(code: str) -> int:
    return int(code, 16)


def _decimal(code: str) -> int:
    return int(code, 10)


CODINGS: Final[dict[str, Coding]] = {
    "integer2": Coding(4, _hexadecimal),
    "hexadecimal": Coding(2, _hexadecimal),
    "ascii": Coding(1, ord),
    "decimal": Coding(3, _decimal),
}


def coding(bin_type: str | None) -> Coding:
    """The coding of an E142 or G85 BinType; none stated is ``Integer2``."""
    found = CODINGS.get((bin_type or "Integer2").lower())
    if found is None:
        raise UnreadableMessage(f"BinType {bin_type!r}; allowed: Integer2, HexaDecimal, Ascii, Decimal")
    return found


def bin_number(code: str, how: Coding) -> int:
    """The number of one bin code."""
    if len(code) == how.digits and code.isascii() and (how.digits == 1 or code.isalnum()):
        try:
            return how.number(code)
        except ValueError:
            pass
    raise UnreadableMessage(f"bin code {code[:16]!r} is not {how.digits} digits of the map's bin type")


def bin_row(text: str, how: Coding, number: int) -> list[int]:
    """The bins of one row of text; codes may stand apart or without any space between them."""
    if how.digits > 1 and len(parts := text.split()) > 1:
        return [bin_number(part, how) for part in parts]
    row = text.strip("\r\n") if how.digits == 1 else text.strip()
    if len(row) % how.digits:
        raise UnreadableMessage(
            f"row {number} has {len(row)} characters, not a multiple of the {how.digits} of a bin code"
        )
    known: dict[str, int] = {}
    bins = []
    for start in range(0, len(row), how.digits):
        code = row[start : start + how.digits]
        if code not in known:
            known[code] = bin_number(code, how)
        bins.append(known[code])
    return bins


def check_grid(rows: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Columns and rows of a map; the rows themselves decide, whatever a header counts."""
    if not rows or not rows[0]:
        raise UnreadableMessage("the map has no rows")
    columns = len(rows[0])
    for number, row in enumerate(rows, 1):
        if len(row) != columns:
            raise UnreadableMessage(f"row {number} holds {len(row)} bins, row 1 holds {columns}")
    if columns > _MAX_SIDE or len(rows) > _MAX_SIDE or columns * len(rows) > MAX_SITES:
        raise UnreadableMessage(f"a map of {columns} x {len(rows)} sites; allowed: {MAX_SITES}")
    return columns, len(rows)


def packed(rows: Sequence[Sequence[int]], axis: MapAxis, order: RowOrder) -> bytes:
    """Little-endian uint16, lowest y first and lowest x first, as the twin indexes a map.

    Read as a picture, the first text row lies on top: where y grows upwards it has the highest y, and
    where x grows to the left its first code has the highest x.
    """
    falling = order == "y_falling" or (order == "as_seen" and axis.value.startswith("UP"))
    mirrored = order == "as_seen" and axis.value.endswith("LEFT")
    flat = array("H")
    for row in reversed(rows) if falling else rows:
        flat.extend(reversed(row) if mirrored else row)
    if byteorder == "big":
        flat.byteswap()
    return flat.tobytes()
