"""What is odd about a substrate beyond its dies: how its maps stand, and which lots claim it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from twin.events.event import Event
from twin.folds.suspicion import Suspicion


def turned(key: str, maps: Sequence[tuple[Event, str]]) -> Iterator[Suspicion]:
    """A substrate of which one map stands otherwise than the map before it."""
    for event, how in maps:
        yield Suspicion(
            code="map.rotated",
            about=f"{key}/{event.event_id}",
            message=f"A map of {key} is {how}, against the map before it.",
            things=(f"SUBSTRATE:{key}",),
        )


def in_two_lots(key: str, lots: Collection[str]) -> Iterator[Suspicion]:
    """A substrate that was registered in more than one lot."""
    if len(lots) > 1:
        yield Suspicion(
            code="substrate.in_two_lots",
            about=key,
            message=f"Substrate {key} was registered in {len(lots)} lots: {', '.join(sorted(lots))}.",
            things=(f"SUBSTRATE:{key}", *(f"LOT:{lot_id}" for lot_id in sorted(lots))),
        )
