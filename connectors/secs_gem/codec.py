"""Turns the bytes of a SECS-II message body into items and back, without losing a byte."""

from __future__ import annotations

from typing import Final

from connectors.errors import UnreadableMessage
from connectors.secs_gem.items import WIDTH, Format, Item

MAXIMUM_DEPTH: Final = 32
MAXIMUM_ITEMS: Final = 200_000
_LONGEST: Final = 0xFF_FF_FF
_FORMATS: Final = {int(form): form for form in Format}


def decode(body: bytes) -> Item | None:
    """The item of a message body; ``None`` for a message without one.

    Raises:
        UnreadableMessage: cut, over-long, nested deeper than 32, of an unknown format, or followed by more.
    """
    if not body:
        return None
    reader = _Reader(body)
    item = reader.item(0)
    if reader.at != len(body):
        raise UnreadableMessage(f"{len(body) - reader.at} bytes follow the item")
    return item


def encode(item: Item | None) -> bytes:
    """The bytes of a message body; exactly those it was decoded from, if it was.

    Raises:
        ValueError: an item is longer than SECS-II can say (16,777,215).
    """
    if item is None:
        return b""
    parts: list[bytes] = []
    _write(item, parts)
    return b"".join(parts)


def _write(item: Item, parts: list[bytes]) -> None:
    length = len(item.items) if item.format is Format.LIST else len(item.payload)
    if length > _LONGEST:
        raise ValueError(f"an item of {length} exceeds {_LONGEST}")
    size = max(item.length_size, (length.bit_length() + 7) // 8, 1)
    parts.append(bytes((item.format << 2 | size,)) + length.to_bytes(size))
    if item.format is Format.LIST:
        for child in item.items:
            _write(child, parts)
    else:
        parts.append(item.payload)


class _Reader:
    """A place in the bytes of one body."""

    __slots__ = ("at", "body", "left")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0
        self.left = MAXIMUM_ITEMS

    def item(self, depth: int) -> Item:
        form, length, size, start = self._head()
        if form is not Format.LIST:
            return self._value(form, length, size, start)
        if depth >= MAXIMUM_DEPTH:
            raise UnreadableMessage(f"lists are nested deeper than {MAXIMUM_DEPTH}")
        if length > len(self.body) - start:
            raise UnreadableMessage(f"a list of {length} items in {len(self.body) - start} bytes")
        self.left -= length
        if self.left < 0:
            raise UnreadableMessage(f"more than {MAXIMUM_ITEMS} items")
        self.at = start
        item = self.item
        depth += 1
        return Item(form, b"", tuple([item(depth) for _ in range(length)]), size)

    def _head(self) -> tuple[Format, int, int, int]:
        body, at = self.body, self.at
        if at >= len(body):
            raise UnreadableMessage("the body ends where an item should begin")
        head = body[at]
        size = head & 3
        form = _FORMATS.get(head >> 2)
        if form is None:
            raise UnreadableMessage(f"unknown item format {head >> 2:#o} at byte {at}")
        if size == 0:
            raise UnreadableMessage(f"an item without length bytes at byte {at}")
        start = at + 1 + size
        if start > len(body):
            raise UnreadableMessage(f"the body ends in the length of the item at byte {at}")
        return form, int.from_bytes(body[at + 1 : start]), size, start

    def _value(self, form: Format, length: int, size: int, start: int) -> Item:
        end = start + length
        if end > len(self.body):
            raise UnreadableMessage(f"an item wants {length} bytes, {len(self.body) - start} are left")
        if length % WIDTH.get(form, 1):
            raise UnreadableMessage(f"{length} bytes are no whole number of {form.name}")
        self.at = end
        return Item(form, self.body[start:end], (), size)
