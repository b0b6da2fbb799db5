"""Lengths of time as people type them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from twin.errors import Refused

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """``30s``, ``15m``, ``8h`` or ``7d``.

    Raises:
        Refused: it is none of these.
    """
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if found is None:
        raise Refused(f"{text!r} is no length of time; allowed: 30s, 15m, 8h, 7d", code="setting.bad_value")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
