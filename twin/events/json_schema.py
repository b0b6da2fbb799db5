"""The event list as JSON Schema, for whoever writes a sender."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from twin.events.codec import Envelope
from twin.events.registry import FACTS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def event_schema() -> dict[str, Any]:
    """One JSON Schema that every event of the contract fulfils: the envelope, and its data by type."""
    (envelope, *facts), parts = msgspec.json.schema_components(
        [Envelope, *FACTS.values()], ref_template="#/$defs/{name}"
    )
    shape = parts.pop(envelope["$ref"].rpartition("/")[2])
    shape["properties"]["occurred_at"]["format"] = "date-time"
    return {
        "$schema": DIALECT,
        "title": "An event of the twin",
        "oneOf": [_event_of(shape, name, fact) for name, fact in zip(FACTS, facts, strict=True)],
        "$defs": parts,
    }


def _event_of(envelope: dict[str, Any], name: str, data: dict[str, Any]) -> dict[str, Any]:
    properties = {**envelope["properties"], "type": {"const": name}, "data": data}
    return {**envelope, "title": name, "properties": properties}
