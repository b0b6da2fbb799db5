"""Reads the clock of a machine, in the forms that SEMI E5 and ISO 8601 know."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_DIGITS: Final = re.compile(r"\d{12}|\d{14}|\d{16}", re.ASCII)
_PARTS: Final = ((0, 4), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2))


def zone_of(offset: str) -> timezone:
    """The fixed zone of an offset such as ``+08:00`` or ``Z``."""
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))


def moment_in(text: str, zone: timezone) -> datetime | None:
    """The moment a machine wrote, ``None`` when it is no moment.

    ``YYYYMMDDhhmmsscc``, ``YYYYMMDDhhmmss``, ``YYMMDDhhmmss`` (2000-2099) or ISO 8601; without an
    offset of its own it is read in the machine's zone.
    """
    try:
        if not _DIGITS.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        if len(text) == 12:
            text = "20" + text
        year, month, day, hour, minute, second = (int(text[at : at + size]) for at, size in _PARTS)
        hundredths = int(text[14:] or "0")
        return datetime(year, month, day, hour, minute, second, hundredths * 10_000, tzinfo=zone)
    except ValueError:
        return None


def written(moment: datetime) -> str:
    """The sixteen digits in which the twin tells a machine the time (S2F18)."""
    return moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 10_000:02d}"
