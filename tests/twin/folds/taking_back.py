from __future__ import annotations

from collections.abc import Iterable

from twin.events.event import Event
from twin.folds.fold import Fold


def take_back(
    fold: Fold, gone: Iterable[Event], stored: Iterable[Event], fresh: Iterable[Event] = ()
) -> bool:
    """As the projector does: events go, the rest tells, latest first, others come; whether that is enough."""
    untold: set[str] = set()
    for event in gone:
        names = fold.give_back(event)
        if names is None:
            return False
        untold |= names
    for event in sorted(stored, key=lambda event: event.order, reverse=True):
        if untold:
            told = fold.tell_again(event, untold)
            if told is None:
                return False
            untold -= told
    return all(fold.absorb(event) for event in fresh)
