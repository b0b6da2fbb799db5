"""Plants side by side in one graph: the same events about things with names of their own."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from twin.events.codec import decode, encode
from twin.events.event import Event

NAMES: Final = {
    *("lot_id", "parent_lot_id", "into_lot_id"),
    *("material_lot_id", "material_id", "order_id", "customer_id", "product_id"),
    *("equipment_id", "operator_id", "tool_id", "recipe_id", "line_id", "alarm_id"),
    *("substrate_id", "to_substrate_id", "parent_substrate_id", "unit_id", "container_id", "shipment_id"),
    *("voided_event_id", "replacement_event_ids", "event_id", "source"),
    *("unit_ids", "substrate_ids", "aliases", "by", "notified"),
}


def renamed(value: Any, prefix: str, name: str = "") -> Any:
    """The same JSON with every name of a thing, event and source led by a prefix."""
    if isinstance(value, dict):
        return {key: renamed(inner, prefix, key) for key, inner in value.items()}
    if name == "transfers":
        return [[prefix + row[0], *row[1:]] for row in value]
    if isinstance(value, list):
        return [renamed(inner, prefix, name) for inner in value]
    return prefix + value if isinstance(value, str) and name in NAMES else value


def moved_aside(events: list[Event], prefix: str) -> list[Event]:
    """The same events about things of their own."""
    rows = [json.dumps(renamed(json.loads(encode(event)), prefix)).encode() for event in events]
    return [
        msgspec.structs.replace(decode(row), recorded_at=event.recorded_at)
        for row, event in zip(rows, events, strict=True)
    ]
