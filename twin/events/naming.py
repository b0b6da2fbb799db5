"""Which things an event names: what its ABOUT edges point at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple, get_args, get_origin

from msgspec import Struct, structs

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

_LABEL_OF_LIST: Final[dict[str, str]] = {
    "unit_ids": "Unit",
    "substrate_ids": "Substrate",
    "aliases": "Material",
}


class _Way(NamedTuple):
    """How to read the things out of one kind of fact, or of a row in one."""

    fields: tuple[tuple[str, str | None, str | None], ...]
    """A field, the label of the thing that it names, and of the things that it lists; else it holds rows."""

    has_recipe: bool


def named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The things a fact names, as (label, key), each once, in the order of its fields."""
    return tuple(dict.fromkeys(_walk(fact)))


def _walk(part: Struct) -> Iterator[tuple[str, str]]:
    way = _way(type(part))
    for field, label, label_of_list in way.fields:
        value = getattr(part, field)
        if value is None:
            continue
        if label is not None:
            yield label, value
        elif label_of_list is not None:
            for key in value:
                yield label_of_list, key
        else:
            yield from _walk_list(part, value)
    if way.has_recipe:
        yield from _recipe_version(part)


@cache
def _way(kind: type[Struct]) -> _Way:
    names = kind.__struct_fields__
    fields = (
        (field.name, LABEL_OF_FIELD.get(field.name), _LABEL_OF_LIST.get(field.name), field.type)
        for field in structs.fields(kind)
    )
    read = tuple(
        (name, label, listed) for name, label, listed, held in fields if label or listed or _is_rows(held)
    )
    return _Way(read, "recipe_id" in names)


def _is_rows(held: object) -> bool:
    """Whether a field holds rows, that may name things themselves."""
    return (
        held is PackedTransfers or get_origin(held) is tuple or any(_is_rows(part) for part in get_args(held))
    )


def _walk_list(part: Struct, rows: Sequence[object]) -> Iterator[tuple[str, str]]:
    if isinstance(part, DiesTransferred):
        yield from (("Substrate", source) for source in moved_from(part.transfers))
        return
    for row in rows:
        if isinstance(row, Struct):
            yield from _walk(row)


def _recipe_version(part: Struct) -> Iterator[tuple[str, str]]:
    version = getattr(part, "version", None) or getattr(part, "recipe_version", None)
    if version is not None and part.recipe_id is not None:  # type: ignore[attr-defined]
        yield "RecipeVersion", f"{part.recipe_id}@{version}"  # type: ignore[attr-defined]
