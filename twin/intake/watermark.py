"""How far events have got, in a form that a client can hand back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from twin.errors import Refused

_LONGEST: Final = 64 * 1024
_PREFIX: Final = "w1."


class Watermark(Struct, frozen=True):
    """The last place in every outbox shard ("outbox/shard") that somebody cares about."""

    positions: dict[str, int] = {}

    def encode(self) -> str:
        """Opaque text for an answer or a header."""
        body = msgspec.json.encode(dict(sorted(self.positions.items())))
        return _PREFIX + base64.urlsafe_b64encode(body).decode().rstrip("=")

    @classmethod
    def decode(cls, token: str) -> Watermark:
        """The watermark that ``encode`` wrote.

        Raises:
            Refused: it is none of ours.
        """
        positions = _positions(token) if token.startswith(_PREFIX) and len(token) <= _LONGEST else None
        if positions is None:
            raise Refused(
                "the watermark is none that this service gave; send back one from an answer, or none",
                code="watermark.bad",
                field="dieloom-min-watermark",
            )
        return cls(positions)

    def reached_by(self, positions: Mapping[str, int]) -> bool:
        """Whether a projection at these positions shows everything up to here."""
        return all(positions.get(place, 0) >= seq for place, seq in self.positions.items())


def position_id(outbox: str, shard: int) -> str:
    """The name of one shard of one outbox, as positions are kept by."""
    return f"{outbox}/{shard}"


def _positions(token: str) -> dict[str, int] | None:
    body = token.removeprefix(_PREFIX)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=dict[str, int])
    except (ValueError, RecursionError):
        return None
