"""The kinds of things an answer can name, and their keys (semantics.md section 7)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from twin.vocabulary.identifiers import LONGEST


class ThingKind(StrEnum):
    """A kind of thing that genealogy, evidence and findings name."""

    LOT = "LOT"
    MATERIAL_LOT = "MATERIAL_LOT"
    SUBSTRATE = "SUBSTRATE"
    DIE = "DIE"
    UNIT = "UNIT"
    CONTAINER = "CONTAINER"
    SHIPMENT = "SHIPMENT"
    ORDER = "ORDER"
    EQUIPMENT = "EQUIPMENT"
    OPERATION_RUN = "OPERATION_RUN"
    TOOL = "TOOL"
    OPERATOR = "OPERATOR"
    RECIPE_VERSION = "RECIPE_VERSION"
    CUSTOMER = "CUSTOMER"


class Thing(NamedTuple):
    """One thing by kind and key, written ``KIND:key``."""

    kind: ThingKind
    key: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.key}"


def run_key(lot_id: str, operation: str, equipment_id: str, attempt: int) -> str:
    """The key of an operation run: lot, operation, equipment, attempt."""
    return f"{lot_id}/{operation}/{equipment_id}/{attempt}"


def lots_of_run(key: str) -> list[str]:
    """Every lot that a run's key may begin with, the longest first: each name in it may hold slashes."""
    parts = key.split("/")
    found = ("/".join(parts[:length]) for length in range(len(parts) - 3, 0, -1))
    return [lot_id for lot_id in found if len(lot_id) <= LONGEST]


def joined(*names: str) -> str:
    """Names as one, from which no other names give the same: a slash within a name is written %2F."""
    return "/".join(name.replace("%", "%25").replace("/", "%2F") for name in names)


def die_key(substrate_id: str, x: int, y: int) -> str:
    """The key of a die: its substrate and its coordinates there."""
    return f"{substrate_id}@{x},{y}"


def recipe_version_key(recipe_id: str, version: str) -> str:
    """The key of a recipe version."""
    return f"{recipe_id}@{version}"


LABELS: Final[dict[ThingKind, str]] = {
    ThingKind.LOT: "Lot",
    ThingKind.MATERIAL_LOT: "MaterialLot",
    ThingKind.SUBSTRATE: "Substrate",
    ThingKind.DIE: "Die",
    ThingKind.UNIT: "Unit",
    ThingKind.CONTAINER: "Container",
    ThingKind.SHIPMENT: "Shipment",
    ThingKind.ORDER: "Order",
    ThingKind.EQUIPMENT: "Equipment",
    ThingKind.OPERATION_RUN: "OperationRun",
    ThingKind.TOOL: "Tool",
    ThingKind.OPERATOR: "Operator",
    ThingKind.RECIPE_VERSION: "RecipeVersion",
    ThingKind.CUSTOMER: "Customer",
}
"""The graph label that each kind is stored under."""
