"""What a dossier answers, spelled as the variables of the GraphQL question, so that it can be asked again."""

from __future__ import annotations

from typing import Any, Final

from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant, written

_FIELD: Final[dict[type, str]] = {
    MaterialLotScope: "materialLot",
    EquipmentScope: "equipment",
    LotScope: "lot",
    RecipeVersionScope: "recipeVersion",
    OperatorScope: "operator",
    ToolScope: "tool",
    WaferScope: "wafer",
}


def field_of(scope: RecallScope) -> str:
    """The field of RecallScope that a scope stands in."""
    return _FIELD[type(scope)]


def scope_told(scope: RecallScope) -> dict[str, Any]:
    """A scope as the GraphQL input RecallScope spells it; what was not given is left out."""
    told: dict[str, Any] = {}
    for name in scope.__slots__:
        value = getattr(scope, name)
        if value is None:
            continue
        told["from" if name == "start" else _camel(name)] = _told(name, value)
    return {field_of(scope): told}


def moments_told(as_of: Instant | None, known_at: Instant | None) -> dict[str, str]:
    """The moments that were asked for; one that was not is left out."""
    asked = {"asOf": as_of, "knownAt": known_at}
    return {name: written(moment) for name, moment in asked.items() if moment is not None}


def _told(name: str, value: object) -> object:
    if isinstance(value, Window):
        sides = {"from": value.start, "to": value.end}
        return {side: written(moment) for side, moment in sides.items() if moment is not None}
    if name == "start" and isinstance(value, int):
        return written(value)
    return list(value) if isinstance(value, tuple) else value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)
