"""Moments in time as the twin stores them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NewType

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00Z, the form of every stored ``*_at``."""


def instant_of(moment: datetime) -> Instant:
    """The whole millisecond in which an aware moment lies, rounded down."""
    since = moment - _EPOCH
    return Instant((since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000)


def moment_of(instant: int) -> datetime:
    """The same moment as an aware UTC datetime."""
    seconds, milliseconds = divmod(instant, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)


def written(instant: int) -> str:
    """RFC 3339 in UTC with milliseconds, as answers carry it."""
    return moment_of(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
