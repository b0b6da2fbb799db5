"""Which container and which shipment hold a thing now."""

from __future__ import annotations

from typing import Final

from resolvers.loaders import Loaders
from twin.queries.clocks import Clocks
from twin.queries.packing import holders_of

_FIELDS: Final = {"Lot": "lot_id", "Unit": "unit_id", "Container": "container_id"}
_DEEPEST: Final = 8


async def whereabouts(
    loaders: Loaders, label: str, key: str, clocks: Clocks, depth: int = 0
) -> tuple[str | None, str | None]:
    """The container a thing was packed in last, and the shipment that took it or a container around it."""
    events = await loaders.history(label, key, clocks)
    containers, shipments = holders_of(_FIELDS[label], key, events)
    container = containers[-1] if containers else None
    if shipments or container is None or depth >= _DEEPEST:
        return container, shipments[-1] if shipments else None
    _, shipment = await whereabouts(loaders, "Container", container, clocks, depth + 1)
    return container, shipment
