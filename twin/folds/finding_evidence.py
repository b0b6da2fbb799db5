"""The events that make a finding: so few that none of them can be left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from twin.events.event import Event
from twin.folds.suspicion import Suspicion

_MOST_FOLDED: Final = 20_000
"""Events folded for one finding before what was found by then must do."""


class Suspecting(Protocol):
    """A fold that finds things odd."""

    def absorb(self, event: Event) -> bool:
        """Count one more event."""
        ...

    def suspicions(self) -> Sequence[Suspicion]:
        """What is odd now."""
        ...


class _Trial:
    def __init__(self, fold: Callable[[], Suspecting], finding_id: str) -> None:
        self._fold, self._finding_id = fold, finding_id
        self._left = _MOST_FOLDED

    @property
    def is_over(self) -> bool:
        return self._left <= 0

    def finds(self, events: Sequence[Event]) -> bool:
        self._left -= len(events)
        fold = self._fold()
        for event in events:
            fold.absorb(event)
        return any(found.finding_id == self._finding_id for found in fold.suspicions())


def evidence_of(fold: Callable[[], Suspecting], events: Sequence[Event], finding_id: str) -> list[Event]:
    """Events, in their order, that make the finding by themselves; nothing when all of them do not.

    The last one is the event with which it came up. Of very many events some may be missing.
    """
    trial = _Trial(fold, finding_id)
    if not trial.finds(events):
        return []
    found: list[Event] = []
    rest = list(events)
    while rest and not trial.is_over:
        place = _needed(trial, rest, found)
        found.insert(0, rest[place])
        rest = rest[:place]
        if trial.finds(found):
            break
    return found


def _needed(trial: _Trial, rest: Sequence[Event], found: Sequence[Event]) -> int:
    """The place of an event up to which the rest makes the finding with what was found, and before not."""
    low, high = 0, len(rest)
    while high - low > 1:
        middle = (low + high) // 2
        if trial.finds([*rest[:middle], *found]):
            high = middle
        else:
            low = middle
    return high - 1
