"""What is left of each material in the plant, over all its lots and under all its names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, LiteralString, TypeAlias

from twin.events.naming import named
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import histories
from twin.queries.materials import material_of
from twin.queries.things_at import things_at
from twin.records.material import Material
from twin.vocabulary.quantities import EXACT, exact, in_unit

LEFT: Final[LiteralString] = """
    MATCH (lot:MaterialLot) WHERE lot.material_id IN $keys AND lot.remaining_quantity > 0
    RETURN lot.material_id AS name, lot.unit AS unit, lot.remaining_quantity AS amount
"""

Left: TypeAlias = dict[str, list[tuple[float, str]]]
"""The name of a material to what is left of its lots, each with its unit."""


async def on_hand(graph: Graph, material_ids: Sequence[str], clocks: Clocks) -> dict[str, float]:
    """What is left of each material, in its own unit; lots that are not measured alike are left out."""
    rows = await things_at(graph, "Material", material_ids, clocks)
    materials = [material_of(rows.get(key, {"material_id": key})) for key in material_ids]
    names = list(dict.fromkeys(name for material in materials for name in material.names))
    left = await (_left(graph, names) if clocks.live else _left_then(graph, names, clocks))
    return {material.material_id: _sum(material, left) for material in materials}


def _sum(material: Material, left: Left) -> float:
    amounts = (
        in_unit(exact(amount), unit, material.unit) for name in material.names for amount, unit in left[name]
    )
    total = Decimal(0)
    for amount in amounts:
        total = total if amount is None else EXACT.add(total, amount)
    return float(total)


async def _left(graph: Graph, names: Sequence[str]) -> Left:
    rows = await graph.read(LEFT, keys=names)
    return _by_name((row["name"], row["amount"], row["unit"]) for row in rows)


async def _left_then(graph: Graph, names: Sequence[str], clocks: Clocks) -> Left:
    told = await histories(graph, "Material", names, clocks)
    beside = {name for events in told.values() for event in events for name in named(event.fact)}
    lots = await things_at(
        graph, "MaterialLot", sorted(key for label, key in beside if label == "MaterialLot"), clocks
    )
    return _by_name(
        (row["material_id"], row["remaining_quantity"] or 0.0, row["unit"]) for row in lots.values()
    )


def _by_name(rows: Iterable[tuple[str, float, str | None]]) -> Left:
    left: Left = defaultdict(list)
    for name, amount, unit in rows:
        left[name].append((amount, unit or "PCS"))
    return left
