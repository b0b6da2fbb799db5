"""SECS-II items (SEMI E5): what a message says, with its types and its bytes kept as they were sent."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

Number: TypeAlias = int | float | bool


class Format(IntEnum):
    """The item formats of SEMI E5, by their code."""

    LIST = 0o00
    BINARY = 0o10
    BOOLEAN = 0o11
    ASCII = 0o20
    JIS8 = 0o21
    UNICODE = 0o22
    I8 = 0o30
    I1 = 0o31
    I2 = 0o32
    I4 = 0o34
    F8 = 0o40
    F4 = 0o44
    U8 = 0o50
    U1 = 0o51
    U2 = 0o52
    U4 = 0o54


NUMERIC: Final[dict[Format, str]] = {
    Format.BOOLEAN: "?",
    Format.I8: "q",
    Format.I1: "b",
    Format.I2: "h",
    Format.I4: "i",
    Format.F8: "d",
    Format.F4: "f",
    Format.U8: "Q",
    Format.U1: "B",
    Format.U2: "H",
    Format.U4: "I",
}
"""How ``struct`` spells one number of each numeric format."""

WIDTH: Final[dict[Format, int]] = {form: struct.calcsize(">" + code) for form, code in NUMERIC.items()}
"""How many bytes one number of each numeric format takes."""

_TEXT: Final = frozenset({Format.ASCII, Format.JIS8, Format.UNICODE})


class Item(NamedTuple):
    """One item: a list of items, or bytes of one format.

    ``length_size`` is how many length bytes the sender used; 0 means the fewest that do.
    """

    format: Format
    payload: bytes = b""
    items: tuple[Item, ...] = ()
    length_size: int = 0

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers of a numeric item, in order; of a binary item its bytes."""
        if self.format is Format.BINARY:
            return tuple(self.payload)
        code = NUMERIC.get(self.format)
        if code is None:
            return ()
        return struct.unpack(f">{len(self.payload) // WIDTH[self.format]}{code}", self.payload)

    def text(self, encoding: str) -> str | None:
        """The words of a text item, read in the machine's encoding; ``None`` for other formats.

        Bytes that the encoding does not know become the replacement mark. A two-byte-character
        item (localized string) says its own encoding in its first two bytes.
        """
        if self.format not in _TEXT:
            return None
        if self.format is Format.UNICODE:
            return self.payload[2:].decode(_localized(self.payload[:2]), errors="replace")
        if self.format is Format.JIS8:
            return self.payload.decode("shift_jis", errors="replace")
        return self.payload.decode(encoding, errors="replace")


def _localized(header: bytes) -> str:
    return _LOCALIZED.get(int.from_bytes(header), "utf-8")


_LOCALIZED: Final = {
    1: "utf-16-be",
    2: "utf-8",
    3: "ascii",
    4: "latin-1",
    8: "shift_jis",
    9: "euc_jp",
    12: "big5",
}


def list_of(*items: Item) -> Item:
    """A list item."""
    return Item(Format.LIST, items=items)


def ascii_of(text: str) -> Item:
    """A text item; letters beyond ASCII are sent as UTF-8."""
    return Item(Format.ASCII, text.encode())


def number_of(form: Format, *numbers: Number) -> Item:
    """A numeric item with these numbers."""
    return Item(form, struct.pack(f">{len(numbers)}{NUMERIC[form]}", *numbers))


def binary_of(*values: int) -> Item:
    """A binary item with these bytes."""
    return Item(Format.BINARY, bytes(values))


def identifier_of(form: Format, identifier: int | str) -> Item:
    """An id (VID, RPTID, CEID, ...) in the format a machine wants; text ids are always ASCII."""
    if isinstance(identifier, str):
        return ascii_of(identifier)
    return number_of(form, identifier)


def identifier_in(item: Item) -> int | str | None:
    """The id an item carries, whatever integer or text format the machine chose."""
    if item.format is Format.ASCII:
        return item.payload.decode("ascii", errors="replace").strip(" \0")
    numbers = item.numbers
    if len(numbers) == 1 and isinstance(numbers[0], int):
        return int(numbers[0])
    return None
