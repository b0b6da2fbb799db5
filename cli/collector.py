"""How often a running service searches its memory for cycles."""

from __future__ import annotations

import gc
from itertools import count
from typing import Any, Final

_COLLECTIONS: Final = (2_000, 20, 200)
"""Events come by the thousand and are freed without a search; Python's usual pace costs a quarter.

Ten times as many between two small searches hold everybody up for 30 ms, twice a second at 200 events.
"""

_WHOLE_EVERY: Final = 64
"""Of so many full searches one looks through everything; it holds up everybody for a moment."""


def search_rarely() -> None:
    """Search seldom for cycles, and mostly among what came since the last full search.

    What outlived a full search is left out of those that follow, until one of them is whole again: so a
    service that keeps millions of objects does not stand still for each, and loses no memory for good.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
    next_searches = count(2)

    def leave_out(phase: str, search: dict[str, Any]) -> None:
        if phase == "stop" and search["generation"] == 2:
            is_whole = next(next_searches) % _WHOLE_EVERY == 0
            gc.unfreeze() if is_whole else gc.freeze()

    gc.callbacks.append(leave_out)
