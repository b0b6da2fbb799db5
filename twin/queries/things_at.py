"""Things by their keys at a moment: live as the projector wrote them, else folded from their events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from twin.folds.alarm import AlarmFold
from twin.folds.equipment import EquipmentFold
from twin.folds.fold import Fold
from twin.folds.marked_unit import UnitFold
from twin.folds.material_lot import MaterialLotFold
from twin.folds.order import MaterialFold, OrderFold, ProductFold
from twin.folds.packing import ContainerFold, ShipmentFold
from twin.folds.person import CustomerFold
from twin.folds.substrate import SubstrateFold
from twin.folds.tool import RecipeVersionFold, ToolFold
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import histories
from twin.queries.things import Row, things_by_key
from twin.vocabulary.graph import NODE_KEYS

FOLDS: Final[dict[str, type[Fold]]] = {
    "MaterialLot": MaterialLotFold,
    "Order": OrderFold,
    "Product": ProductFold,
    "Material": MaterialFold,
    "Equipment": EquipmentFold,
    "Substrate": SubstrateFold,
    "Unit": UnitFold,
    "Container": ContainerFold,
    "Shipment": ShipmentFold,
    "Alarm": AlarmFold,
    "Customer": CustomerFold,
    "RecipeVersion": RecipeVersionFold,
    "Tool": ToolFold,
}
"""Label to the fold that tells its things at any moment."""


async def things_at(graph: Graph, label: str, keys: Sequence[str], clocks: Clocks) -> dict[str, Row]:
    """The properties of each of these things at a moment; nothing for one that no counted event names."""
    if clocks.live or label not in FOLDS:
        rows = await things_by_key(graph, label, keys)
        return {key: row for key, row in rows.items() if row.get("revision") != 0}
    told = await histories(graph, label, keys, clocks)
    found: dict[str, Row] = {}
    for key, events in told.items():
        if events:
            fold = FOLDS[label](key=key)
            for event in events:
                fold.absorb(event)
            found[key] = fold.properties() | {NODE_KEYS[label]: key}
    return found
