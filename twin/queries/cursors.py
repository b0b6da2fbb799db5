"""Places in lists, as clients carry them: bound to their list, checked when they come back."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from twin.errors import Refused
from twin.records.page import Cursor

Place: TypeAlias = tuple[int | float | str | None, ...]
"""Where a row stands in its list: the values it is sorted by, the last of them unique."""

_CHECK_BYTES: Final = 6
_MARK_BYTES: Final = 8
_LONGEST: Final = 2_048


def cursor_of(listing: str, place: Sequence[object]) -> Cursor:
    """The cursor behind a row of a list."""
    body = msgspec.json.encode([_mark(listing), *place])
    return Cursor(base64.urlsafe_b64encode(_check(body) + body).decode())


def place_of(listing: str, cursor: str | None) -> Place | None:
    """Where a cursor points to in this list; None for the start.

    Raises:
        Refused: ``cursor.bad`` when it was changed, or belongs to another list.
    """
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor[:_LONGEST], altchars=b"-_", validate=True)
        check, body = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        parts = msgspec.json.decode(body) if check == _check(body) else None
    except (binascii.Error, ValueError, msgspec.DecodeError):
        parts = None
    if not isinstance(parts, list) or len(parts) < 2 or parts[0] != _mark(listing):
        raise Refused("The cursor is none that this list gave out.", code="cursor.bad", field="after")
    return tuple(parts[1:])


def _mark(listing: str) -> str:
    """A list in few letters: what it is about may be long, and is nobody's business."""
    return hashlib.blake2b(listing.encode(), digest_size=_MARK_BYTES).hexdigest()


def _check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK_BYTES).digest()
