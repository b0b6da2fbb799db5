"""Which things an event names: what its ABOUT edges point at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from twin.events.fact import Fact
from twin.events.substrate import DiesTransferred
from twin.events.transfers import PackedTransfers, moved_from

LABEL_OF_FIELD: Final[dict[str, str]] = {
    "lot_id": "Lot",
    "parent_lot_id": "Lot",
    "into_lot_id": "Lot",
    "material_lot_id": "MaterialLot",
    "material_id": "Material",
    "product_id": "Product",
    "order_id": "Order",
    "customer_id": "Customer",
    "equipment_id": "Equipment",
    "operator_id": "Operator",
    "tool_id": "Tool",
    "substrate_id": "Substrate",
    "to_substrate_id": "Substrate",
    "parent_substrate_id": "Substrate",
    "unit_id": "Unit",
    "container_id": "Container",
    "shipment_id": "Shipment",
    "alarm_id": "Alarm",
}
"""The graph label of the thing that a field of a fact names by its key."""

_LABEL_OF_LIST: Final[dict[str, str]] = {"unit_ids": "Unit", "substrate_ids": "Substrate"}


def named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The things a fact names, as (label, key), each once, in the order of its fields."""
    return tuple(dict.fromkeys(_walk(fact)))


def _walk(part: Struct) -> Iterator[tuple[str, str]]:
    for field in part.__struct_fields__:
        value = getattr(part, field)
        if value is None or value == ():
            continue
        if field in LABEL_OF_FIELD:
            yield LABEL_OF_FIELD[field], value
        elif field in _LABEL_OF_LIST:
            for key in value:
                yield _LABEL_OF_LIST[field], key
        elif isinstance(value, tuple | PackedTransfers):
            yield from _walk_list(part, value)
    if getattr(part, "recipe_id", None) is not None:
        yield from _recipe_version(part)


def _walk_list(part: Struct, rows: Sequence[object]) -> Iterator[tuple[str, str]]:
    if isinstance(part, DiesTransferred):
        yield from (("Substrate", source) for source in moved_from(part.transfers))
        return
    for row in rows:
        if isinstance(row, Struct):
            yield from _walk(row)


def _recipe_version(part: Struct) -> Iterator[tuple[str, str]]:
    version = getattr(part, "version", None) or getattr(part, "recipe_version", None)
    if version is not None:
        yield "RecipeVersion", f"{part.recipe_id}@{version}"  # type: ignore[attr-defined]
