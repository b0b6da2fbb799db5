"""How much of the processor the lineage index takes for what nobody has asked about yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_QUIET_AFTER_S: Final = 2.0
_REST_WHILE_BUSY: Final = 19.0
"""Times as long as it tidied, it leaves the processor to others; a question refreshes what it needs."""

_REST_IN_QUIET: Final = 1.0
_SHORTEST_S: Final = 0.02
_IN_VAIN_S: Final = 1.0


class Pace:
    """Slow while events arrive, faster once none came for two seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heard_at = -_QUIET_AFTER_S

    def heard(self) -> None:
        """Note that events arrive."""
        self._heard_at = self._clock()

    def rest(self, worked: float, *, in_vain: bool = False) -> float:
        """Seconds to leave to others after so many seconds of work; ``in_vain``: the graph was not there."""
        is_busy = self._clock() - self._heard_at < _QUIET_AFTER_S
        shortest = _IN_VAIN_S if in_vain else _SHORTEST_S
        return max(worked * (_REST_WHILE_BUSY if is_busy else _REST_IN_QUIET), shortest)
