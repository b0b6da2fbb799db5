from __future__ import annotations

import json

import msgspec

from tests.factory import BUILDERS
from twin.events.codec import encode
from twin.events.json_schema import event_schema
from twin.events.registry import FACTS


def test_every_type_has_its_own_shape_of_the_envelope() -> None:
    schema = event_schema()

    assert [one["properties"]["type"]["const"] for one in schema["oneOf"]] == list(FACTS)
    assert all(
        one["required"] == ["event_id", "type", "source", "occurred_at", "data"] for one in schema["oneOf"]
    )
    assert all(one["additionalProperties"] is False for one in schema["oneOf"])


def test_a_fact_names_its_fields_and_refuses_others() -> None:
    tracked_in = event_schema()["$defs"]["LotTrackedIn"]

    assert tracked_in["required"] == ["lot_id", "operation", "equipment_id"]
    assert tracked_in["additionalProperties"] is False
    assert tracked_in["properties"]["lot_id"]["maxLength"] == 128


def test_every_reference_is_defined() -> None:
    schema = event_schema()
    text = json.dumps(schema)

    named = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert named == set(schema["$defs"])


def test_wire_lines_carry_only_what_the_schema_names() -> None:
    shapes = {one["title"]: one for one in event_schema()["oneOf"]}
    for name, build in BUILDERS.items():
        line = msgspec.json.decode(encode(build()))
        assert set(line) <= set(shapes[name]["properties"])
