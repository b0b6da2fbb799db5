from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import factory
from twin.events.codec import (
    LARGEST_EVENT,
    content_hash,
    decode,
    encode,
    fact_json,
    fact_of,
    stored,
)
from twin.events.lot import LotCreated, LotTrackedIn, UnitsScrapped
from twin.events.order import OrderChanged
from twin.events.rejection import Rejected

LINE: dict[str, Any] = {
    "event_id": "mes-1",
    "type": "LotTrackedIn",
    "source": "mes",
    "source_sequence": 7,
    "occurred_at": "2026-03-02T16:00:00.123+08:00",
    "data": {"lot_id": "LOT-1", "operation": "DIE_BOND", "equipment_id": "DB-01"},
}


def line(data: dict[str, Any] | None = None, **envelope: Any) -> bytes:
    return json.dumps({**LINE, **envelope, "data": {**LINE["data"], **(data or {})}}).encode()


def refusal(raw: bytes) -> tuple[str, str | None, str | None]:
    with pytest.raises(Rejected) as caught:
        decode(raw)
    return caught.value.code, caught.value.field, caught.value.event_id


def message(raw: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        decode(raw)
    return caught.value.message


def test_reads_an_event_with_its_envelope() -> None:
    event = decode(line({"operator_id": "op-1"}))

    assert (event.event_id, event.source, event.source_sequence, event.recorded_at) == ("mes-1", "mes", 7, 0)
    assert event.occurred_at == 1_772_438_400_123
    assert event.fact == LotTrackedIn(
        lot_id="LOT-1", operation="DIE_BOND", equipment_id="DB-01", operator_id="op-1"
    )


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-02T08:00:00Z", 1_772_438_400_000),
        ("2026-03-02t08:00:00z", 1_772_438_400_000),
        ("2026-03-02T08:00:00.9999999Z", 1_772_438_400_999),
        ("2026-03-02T00:30:00.5-07:30", 1_772_438_400_500),
        ("1969-12-31T23:59:59.9995Z", -1),
    ],
)
def test_keeps_the_time_to_the_millisecond_rounded_down(written: str, instant: int) -> None:
    assert decode(line(occurred_at=written)).occurred_at == instant


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T08:00:00",
        "2026-W10-1T08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-03-02T08:00:60Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "now",
    ],
)
def test_refuses_a_time_without_offset_or_not_of_rfc_3339(written: str) -> None:
    assert refusal(line(occurred_at=written)) == ("event.bad_value", "occurred_at", "mes-1")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"7",
        b"not json",
        line()[:-1],
        line() + b"x",
        line().replace(b'"LOT-1"', b"NaN"),
        line().replace(b'"LOT-1"', b"Infinity"),
        line().replace(b"LOT-1", b"LOT-\xff"),
        line().replace(b"mes-1", b"\xc3\x28"),
        line().replace(b"LOT-1", b"LOT-\x00"),
        line().replace(b"LOT-1", b"LOT-\\ud800"),
        line({"lot_id": 0}).replace(b": 0", b": " + b"[" * 200_000 + b"]" * 200_000),
        b"[" * 200_000,
    ],
)
def test_refuses_what_is_not_json_with_one_code(raw: bytes) -> None:
    assert refusal(raw)[0] == "event.bad_json"


def test_refuses_a_key_given_twice() -> None:
    twice = line().replace(b'"lot_id": "LOT-1"', b'"lot_id": "LOT-1", "lot_id": "LOT-2"')
    spaced = line().replace(b'"source": "mes"', b'"source": "mes", "source" : "mes"')

    assert refusal(twice) == ("event.bad_json", "lot_id", "mes-1")
    assert refusal(spaced) == ("event.bad_json", "source", "mes-1")


def test_a_default_told_in_words_is_no_key_given_twice() -> None:
    event = decode(line({"operator_id": None, "carrier_id": None}))

    assert content_hash(event) == content_hash(decode(line()))


def test_names_an_unknown_type() -> None:
    assert refusal(line(type="LotTrackIn")) == ("event.unknown_type", "type", "mes-1")
    assert message(line(type="x" * 500)) == f'type is "{"x" * 63}…; allowed: the types of events.md'


def test_names_an_unknown_field_of_envelope_and_data() -> None:
    assert refusal(line(colour="red")) == ("event.unknown_field", "colour", "mes-1")
    assert refusal(line({"lot": "x"})) == ("event.unknown_field", "data.lot", "mes-1")
    split = factory.lot_split(event_id="s-1")
    assert refusal(encode(split).replace(b'"quantity"', b'"qty":1,"quantity"')) == (
        "event.unknown_field",
        "data.children[0].qty",
        "s-1",
    )


@pytest.mark.parametrize("name", ["type", "source", "occurred_at", "data"])
def test_names_a_missing_field_of_the_envelope(name: str) -> None:
    raw = json.dumps({key: value for key, value in LINE.items() if key != name}).encode()

    assert refusal(raw) == ("event.missing_field", name, "mes-1")


def test_names_a_missing_field_of_data() -> None:
    assert refusal(encode(factory.lot_created(event_id="l-1")).replace(b',"product_id":"LED-5050"', b"")) == (
        "event.missing_field",
        "data.product_id",
        "l-1",
    )


def test_a_bad_value_is_told_with_its_path_and_what_is_allowed() -> None:
    assert message(line({"quantity": -3})) == (
        "data.quantity is -3; allowed: a whole number from 0 to 2147483647 or null"
    )
    assert message(encode(factory.lot_completed()).replace(b"PASS", b"GOOD")) == (
        'data.quality is "GOOD"; allowed: PASS, FAIL, PENDING'
    )
    assert message(line({"lot_id": 7})) == (
        "data.lot_id is 7; allowed: 1 to 128 characters, trimmed, case-sensitive, no control characters"
    )
    assert message(line().replace(b'"data": {', b'"data": [{').replace(b"}}", b"}]}")) == (
        "data is a list of 1; allowed: an object of lot_id, operation, equipment_id, position?, "
        "operator_id?, recipe_id?, recipe_version?, carrier_id?, quantity?"
    )
    assert message(encode(factory.packed()).replace(b',"quantity":100', b"")) == (
        "data.contents[0] is an object of 1 fields; "
        "allowed: a content is {lot_id, quantity}, {unit_id} or {container_id}"
    )
    assert message(line(source_sequence=-1)) == (
        "source_sequence is -1; allowed: a whole number from 0 to 9223372036854775807 or null"
    )


@pytest.mark.parametrize("bad", [-1, 1.5, "1", True, 10**30])
def test_refuses_a_count_that_is_no_whole_number_of_units(bad: object) -> None:
    assert refusal(line({"quantity": bad})) == ("event.bad_value", "data.quantity", "mes-1")


@pytest.mark.parametrize("bad", ["", " ", "a\tb", "\tLOT", "LOT\n", "\x7f", "x" * 129, "\u0000", None, {}])
def test_refuses_an_identifier_that_is_none(bad: object) -> None:
    assert refusal(line({"lot_id": bad}))[:2] == ("event.bad_value", "data.lot_id")


def test_takes_the_blanks_off_identifiers_everywhere() -> None:
    event = decode(
        line({"lot_id": " LOT-1\u3000", "operator_id": "op 1 "}, event_id="  mes-1", source=" mes ")
    )

    assert (event.event_id, event.source) == ("mes-1", "mes")
    assert event.fact == LotTrackedIn(
        lot_id="LOT-1", operation="DIE_BOND", equipment_id="DB-01", operator_id="op 1"
    )
    assert refusal(line(source="   ")) == ("event.bad_value", "source", "mes-1")


def test_an_id_of_128_characters_is_the_longest() -> None:
    assert decode(line(event_id="é" * 128)).event_id == "é" * 128
    assert refusal(line(event_id="x" * 129))[:2] == ("event.bad_value", "event_id")
    assert refusal(line(source="x" * 65))[:2] == ("event.bad_value", "source")


def test_an_id_of_ten_megabytes_is_too_large() -> None:
    assert refusal(line(event_id="x" * 10_000_000)) == ("event.too_large", None, None)
    assert refusal(line({"lot_id": "x" * 10_000_000})) == ("event.too_large", None, "mes-1")
    assert len(message(line({"lot_id": "x" * 4_000_000}))) < 400


def test_an_event_of_exactly_four_mebibytes_is_read() -> None:
    raw = line()
    assert decode(raw + b" " * (LARGEST_EVENT - len(raw))).event_id == "mes-1"
    assert refusal(raw + b" " * (LARGEST_EVENT - len(raw) + 1))[0] == "event.too_large"


def test_refuses_a_nul_in_a_text_and_keeps_a_written_backslash() -> None:
    scrapped = encode(factory.units_scrapped(reason="x?"))

    assert refusal(scrapped.replace(b"x?", b"x\\u0000"))[0] == "event.bad_value"
    assert decode(scrapped.replace(b"x?", b"x\\\\u0000")).fact == UnitsScrapped(
        lot_id="LOT-1", quantity=1, reason="x\\u0000"
    )


def test_refuses_measured_values_nested_without_end() -> None:
    raw = encode(factory.test_results_recorded()).replace(
        b'"passed":true', b'"passed":true,"values":{"vf":' + b"[" * 300 + b"]" * 300 + b"}"
    )

    assert refusal(raw)[0] == "event.bad_value"


def test_refuses_a_moment_that_utc_cannot_tell() -> None:
    raw = encode(factory.order_changed(due_at="2026-03-31T18:00:00Z", event_id="o-1"))

    assert refusal(raw.replace(b"2026-03-31T18:00:00Z", b"9999-12-31T23:59:59-10:00")) == (
        "event.bad_value",
        None,
        "o-1",
    )
    assert refusal(raw.replace(b"2026-03-31T18:00:00Z", b"2026-03-31T18:00:00"))[:2] == (
        "event.bad_value",
        "data.due_at",
    )


def test_writes_one_canonical_line() -> None:
    assert encode(decode(line())) == (
        b'{"event_id":"mes-1","type":"LotTrackedIn","source":"mes","source_sequence":7,'
        b'"occurred_at":"2026-03-02T08:00:00.123Z",'
        b'"data":{"lot_id":"LOT-1","operation":"DIE_BOND","equipment_id":"DB-01"}}'
    )


def test_content_is_the_same_in_any_key_order_spacing_and_offset() -> None:
    order = factory.order_changed(due_at="2026-03-31T18:00:00Z", occurred_at="08:00", event_id="o-1")
    turned = json.dumps(
        {
            "data": {"due_at": "2026-04-01T02:00:00.000+08:00", "order_id": "ORD-1"},
            "occurred_at": "2026-03-02T09:00:00.0004+01:00",
            "source": "mes",
            "type": "OrderChanged",
            "event_id": "o-1",
        },
        indent=1,
    ).encode()

    assert content_hash(decode(turned)) == content_hash(order)
    assert content_hash(
        factory.order_changed(quantity=1, event_id="o-1", occurred_at="08:00")
    ) != content_hash(order)


def test_a_stored_event_carries_when_it_was_recorded() -> None:
    event = factory.lot_created(recorded_at="09:00")

    assert stored(encode(event), event.recorded_at) == event


def test_a_fact_alone_is_read_back_from_its_json() -> None:
    created = factory.lot_created(lot_id="LOT-9", priority=2)

    assert fact_json(created) == ('{"lot_id":"LOT-9","product_id":"LED-5050","quantity":100,"priority":2}')
    assert fact_of("LotCreated", fact_json(created)) == LotCreated(
        lot_id="LOT-9", product_id="LED-5050", quantity=100, priority=2
    )


def test_moments_inside_facts_come_out_in_utc() -> None:
    raw = encode(factory.order_changed(due_at="2026-03-31T18:00:00Z")).replace(
        b"2026-03-31T18:00:00Z", b"2026-04-01T02:00:00+08:00"
    )

    assert b'"due_at":"2026-03-31T18:00:00Z"' in encode(decode(raw))
    assert decode(raw).fact == OrderChanged(order_id="ORD-1", due_at=datetime(2026, 3, 31, 18, tzinfo=UTC))
