"""The clocks of a file: stamps inside it, its name, its modification time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from twin.vocabulary.instants import Instant, instant_of

_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{0,3})")
_EARLIEST_YEAR = 1970
_LATEST_YEAR = 2200


def zone_of(utc_offset: str) -> timezone:
    """The zone of a clock that states none, from ``+08:00``.

    Raises:
        ValueError: it is no offset from -23:59 to +23:59.
    """
    match = _OFFSET.fullmatch(utc_offset)
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError(f"utc_offset {utc_offset!r} is not of the form +08:00")
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(span if match[1] == "+" else -span)


def stamp(digits: str, utc_offset: str) -> Instant | None:
    """The moment of ``YYYYMMDDhhmmss`` with up to three digits of the second's fraction.

    ``None`` when the digits are no such moment: a version number is not a time.
    """
    match = _STAMP.fullmatch(digits.strip())
    if match is None or not _EARLIEST_YEAR <= int(match[1]) < _LATEST_YEAR:
        return None
    try:
        moment = datetime.strptime("".join(match.groups()[:6]), "%Y%m%d%H%M%S").replace(
            microsecond=int(match[7].ljust(6, "0")), tzinfo=zone_of(utc_offset)
        )
    except ValueError:
        return None
    return instant_of(moment)


def iso_stamp(text: str, utc_offset: str) -> Instant | None:
    """The moment of an ISO 8601 time, basic or extended; ``None`` when it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _EARLIEST_YEAR <= moment.year < _LATEST_YEAR:
        return None
    return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=zone_of(utc_offset)))


def unix_stamp(seconds: int | None) -> Instant | None:
    """The moment of a count of seconds since 1970; ``None`` for a count that was never set."""
    if seconds is None or seconds in (0, 0xFFFFFFFF):
        return None
    return instant_of(datetime.fromtimestamp(seconds, UTC))
