"""Which shard carries an event: events about one thing keep their order."""

from __future__ import annotations

import zlib
from typing import Final

from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.naming import LABEL_OF_FIELD, named

_FIRST: Final = ("Lot", "MaterialLot", "Substrate", "Unit", "Equipment", "Container", "Shipment", "Order")
_RANK: Final = {label: rank for rank, label in enumerate(dict.fromkeys((*_FIRST, *LABEL_OF_FIELD.values())))}
_LAST: Final = len(_RANK)


def shard_of(event: Event, shards: int) -> int:
    """The shard of an event, the same for ever while the number of shards stays."""
    label, key = primary(event)
    return zlib.crc32(f"{label}:{key}".encode()) % shards


def primary(event: Event) -> tuple[str, str]:
    """The thing an event is mainly about, as (label, key); without one, its source."""
    if isinstance(event.fact, EventVoided):
        return "Event", event.fact.voided_event_id
    things = named(event.fact)
    if not things:
        return "Source", event.source
    return min(things, key=lambda thing: _RANK.get(thing[0], _LAST))
