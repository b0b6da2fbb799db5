"""How often a running service searches its memory for cycles."""

from __future__ import annotations

import gc
from typing import Final

_COLLECTIONS: Final = (20_000, 20, 20)
"""Events come by the thousand and are freed without a search; Python's usual pace costs a quarter."""


def search_rarely() -> None:
    """Leave what is loaded by now out of every search for cycles, and search seldom for others."""
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
