"""Section 1 of semantics.md: which events count, in which order, and what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.substrate import DiesTransferred
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
)


def counted(events: Iterable[Event], as_of: int | None, known_at: int | None) -> list[Event]:
    known = [e for e in events if known_at is None or e.recorded_at <= known_at]
    voided = {e.fact.voided_event_id for e in known if isinstance(e.fact, EventVoided)}
    chosen = [
        e
        for e in known
        if (as_of is None or e.occurred_at <= as_of)
        and (isinstance(e.fact, EventVoided) or e.event_id not in voided)
    ]
    return sorted(chosen, key=place)


def place(event: Event) -> tuple[Any, ...]:
    sequence = (0, 0) if event.source_sequence is None else (1, event.source_sequence)
    return (event.occurred_at, event.source, sequence, event.event_id)


FIELDS = {
    "LOT": {"lot_id", "parent_lot_id", "into_lot_id"},
    "MATERIAL_LOT": {"material_lot_id"},
    "EQUIPMENT": {"equipment_id"},
    "OPERATOR": {"operator_id"},
    "TOOL": {"tool_id"},
    "SUBSTRATE": {"substrate_id", "to_substrate_id", "parent_substrate_id", "substrate_ids"},
    "UNIT": {"unit_id", "unit_ids"},
}


def mentions(event: Event, kind: str) -> set[str]:
    found = {value for name, value in _fields(msgspec.to_builtins(event.fact)) if name in FIELDS[kind]}
    if kind == "SUBSTRATE" and isinstance(event.fact, DiesTransferred):
        found |= {row[0] for row in event.fact.transfers}
    return found


def recipes(event: Event) -> set[tuple[str, str]]:
    fact = event.fact
    recipe = getattr(fact, "recipe_id", None)
    version = getattr(fact, "recipe_version", None) or getattr(fact, "version", None)
    return {(recipe, version)} if recipe and version else set()


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _fields(inner, name)
    elif isinstance(value, str):
        yield name, value


def is_named(scope: RecallScope, events: list[Event]) -> bool:
    if isinstance(scope, RecipeVersionScope):
        return any((scope.recipe_id, scope.version) in recipes(e) for e in events)
    kind, key = subject(scope)
    return any(key in mentions(e, kind) for e in events)


def subject(scope: RecallScope) -> tuple[str, str]:
    match scope:
        case MaterialLotScope():
            return "MATERIAL_LOT", scope.material_lot_id
        case EquipmentScope():
            return "EQUIPMENT", scope.equipment_id
        case LotScope():
            return "LOT", scope.lot_id
        case OperatorScope():
            return "OPERATOR", scope.operator_id
        case ToolScope():
            return "TOOL", scope.tool_id
        case WaferScope():
            return "SUBSTRATE", scope.substrate_id
    raise AssertionError(scope)
