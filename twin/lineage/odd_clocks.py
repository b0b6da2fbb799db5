"""Findings about the clocks behind an answer's lots and material lots."""

from __future__ import annotations

from twin.events.naming import named
from twin.folds.finding import Findings
from twin.lineage.plant import Plant
from twin.vocabulary.things import LABELS, Thing, ThingKind

_LISTED = (ThingKind.LOT, ThingKind.MATERIAL_LOT)


def about_clocks(plant: Plant, things: set[Thing], found: Findings) -> None:
    """Events dated after their record, and events that their source numbered against the time."""
    listed = {(LABELS[thing.kind], thing.key): thing for thing in things if thing.kind in _LISTED}
    for event in plant.ahead:
        for name in named(event.fact):
            if name in listed:
                message = f"{event.source} dated {event.event_id} after the twin recorded it"
                found.add("clock.future", message, event, listed[name])
    for lot_id, event in plant.against_time.items():
        if (LABELS[ThingKind.LOT], lot_id) in listed:
            message = f"{event.source} numbered {event.event_id} before an older event of lot {lot_id}"
            found.add("clock.skew", message, event, Thing(ThingKind.LOT, lot_id))
