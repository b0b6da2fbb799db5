"""Which container and which shipment hold a thing now."""

from __future__ import annotations

from typing import Final

from resolvers.loaders import Loaders
from twin.queries.clocks import Clocks
from twin.queries.packing import holders_of
from twin.records.unit import Unit

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


async def whereabouts_of_unit(loaders: Loaders, unit: Unit, clocks: Clocks) -> tuple[str | None, str | None]:
    """The same for a unit, by its own name or with its whole lot, when that went to one place only."""
    own = await whereabouts(loaders, "Unit", unit.unit_id, clocks)
    if own != (None, None) or unit.lot_id is None:
        return own
    lot = await loaders.lots.load((unit.lot_id, clocks))
    if lot is None or lot.loose_quantity > 0:
        return own
    containers, shipments = holders_of("lot_id", lot.lot_id, await loaders.history("Lot", lot.lot_id, clocks))
    if len(set(containers)) + len(set(shipments)) != 1:
        return own
    return await whereabouts(loaders, "Lot", lot.lot_id, clocks)
