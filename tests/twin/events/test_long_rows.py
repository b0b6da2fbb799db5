from __future__ import annotations

import json
from random import Random
from typing import Any

import msgspec
import pytest

from twin.events.codec import content_hash, decode, encode, fact_json, fact_of, stored
from twin.events.columns import TransfersDecoder
from twin.events.long_rows import LONG, taken_out
from twin.events.quality import TestResultsRecorded as Tested
from twin.events.rejection import Rejected
from twin.events.substrate import DiesTransferred
from twin.events.transfers import PackedTransfers

FARTHEST = 2_147_483_647
CLOCK = "2026-01-05T08:00:00Z"
STRICT = msgspec.json.Decoder(DiesTransferred)
FACT: dict[str, Any] = {
    "to_substrate_id": "S1",
    "to_kind": "STRIP",
    "operation": "DIE_BONDING",
    "equipment_id": "DB-01",
    "lot_id": "L1",
}
STYLES = [(",", ":"), (", ", ": ")]


def drawn(seed: int, wafers: int = 2, rows: int = 200) -> list[Any]:
    draw = Random(seed)
    names = [f"WAFER-{number:03d}é:," for number in range(wafers)]
    numbers = (0, -1, 9, 10, -10, 99, 100, FARTHEST, -FARTHEST - 1)
    return [[draw.choice(names), *(draw.choice(numbers) for _ in range(4))] for _ in range(rows)]


def written(moves: list[Any], style: tuple[str, str] = STYLES[0]) -> bytes:
    return json.dumps({"transfers": moves, **FACT}, separators=style, ensure_ascii=False).encode()


def event(moves: list[Any], style: tuple[str, str] = STYLES[0], **more: Any) -> bytes:
    named = {
        "event_id": "E1",
        "type": "DiesTransferred",
        "source": "db",
        "occurred_at": "2026-01-05T08:00:00Z",
    }
    data = {**FACT, "transfers": moves}
    return json.dumps(named | {"data": data} | more, separators=style, ensure_ascii=False).encode()


LONG_EVENT = event(drawn(1))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("wafers", [1, 2, 8])
def test_long_rows_are_what_reading_them_one_by_one_gives(wafers: int, style: tuple[str, str]) -> None:
    moves = drawn(wafers, wafers)
    found = taken_out(written(moves, style))
    assert found is not None
    assert found.rest == written([], style)
    assert found.transfers == tuple(tuple(row) for row in moves)
    assert found.transfers.sources == tuple(dict.fromkeys(row[0] for row in moves))
    assert found.transfers.as_json() == msgspec.json.encode(moves)


@pytest.mark.parametrize(
    "row",
    [
        '["W",0,0,0]',
        '["W",0,0,0,0,0]',
        '["W",0,0,0,0.0]',
        '["W",0,0,0,1e2]',
        '["W",0,0,0,01]',
        '["W",0,0,0,-0]',
        '["W",0,0,0,--1]',
        '["W",0,0,0,1-2]',
        '["W",0,0,0,-]',
        '["W",-,0,0,0]',
        '["W",0,,0,0]',
        '["W",,0,0,0]',
        '["W",0,0,0,]',
        '["W",0,0,0,2147483648]',
        '["W",0,0,0,-2147483649]',
        '["W",0,0,0,99999999999999999999999]',
        '["W",0,0,0,null]',
        '["W",0,0,0,"0"]',
        '["W" ,0,0,0,0]',
        '["W",0,0,0,0\x02 0,0,0,0]',
        '["W",0,0,0,0\x010,0,0,0]',
        '["W",0,0,0,[0]]',
        '["\\u0041",0,0,0,0]',
        '["A"B",0,0,0,0]',
        '["",0,0,0,0]',
        '[" W",0,0,0,0]',
        "[7,0,0,0,0]",
        "{}",
        "[]",
        "",
    ],
)
@pytest.mark.parametrize("place", [0, 100, 200])
def test_rows_that_are_wrong_or_written_unusually_are_left_to_be_read_one_by_one(
    row: str, place: int
) -> None:
    rows = [json.dumps(move, separators=STYLES[0]) for move in drawn(1)]
    rows.insert(place, row)
    text = written([]).replace(b"[]", f"[{','.join(rows)}]".encode())
    assert len(text) > LONG
    assert taken_out(text) is None


def test_rows_of_more_wafers_than_there_are_marks_are_left_to_be_read_one_by_one() -> None:
    moves = drawn(1, 9)
    assert taken_out(written(moves)) is None
    assert len(decode(event(moves)).fact.transfers) == 200  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(300))
def test_a_text_with_some_other_bytes_is_read_or_refused_as_the_strict_decoder_does(seed: int) -> None:
    draw = Random(seed)
    text = bytearray(written([["W1", 7, 11, 0, -1], ["W2", 1, 1, 10, 100]] * 120))
    for _ in range(draw.randint(1, 2)):
        text[draw.randrange(len(text))] = draw.choice(b'0123456789-,[]"{}W \\:e.\x01\x02')
    decoder = TransfersDecoder(trusting=False)
    assert result(decoder.decode, bytes(text)) == result(
        msgspec.json.Decoder(DiesTransferred).decode, bytes(text)
    )


def result(decoded: Any, text: bytes) -> object:
    try:
        return decoded(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return type(fault), str(fault)


@pytest.mark.parametrize("style", STYLES)
def test_long_rows_stay_one_event_however_they_are_written(style: tuple[str, str]) -> None:
    moves = drawn(3)
    read, plainly = (
        decode(event(moves, style)),
        decode(json.dumps(json.loads(event(moves)), indent=1).encode()),
    )
    assert isinstance(read.fact, DiesTransferred)
    assert isinstance(plainly.fact, DiesTransferred)
    assert (type(read.fact.transfers), type(plainly.fact.transfers)) == (PackedTransfers, tuple)
    assert read == plainly
    assert hash(read) == hash(plainly)
    assert encode(read) == encode(plainly)
    assert content_hash(read) == content_hash(plainly)
    assert stored(encode(read), 0) == plainly
    assert fact_of("DiesTransferred", fact_json(read)) == plainly.fact


@pytest.mark.parametrize(
    ("broken", "code", "field"),
    [
        (event([*drawn(1), ["", 0, 0, 0, 0]]), "event.bad_value", "data.transfers[200][0]"),
        (event([*drawn(1), ["W", 0, 0, 0, 2**31]]), "event.bad_value", "data.transfers[200][4]"),
        (event(drawn(1), operator_id="O1"), "event.unknown_field", "operator_id"),
        (
            event(drawn(1)).replace(b'"operation"', b'"operation":"X","operation"'),
            "event.bad_json",
            "operation",
        ),
        (
            event(drawn(1)).replace(b'"transfers"', b'"transfers":[],"transfers"'),
            "event.bad_json",
            "transfers",
        ),
        (event(drawn(1)).replace(b"]]", b']],"transfers":[]'), "event.bad_json", "transfers"),
        (LONG_EVENT[:-1], "event.bad_json", None),
    ],
)
def test_a_long_event_that_breaks_the_contract_is_refused_by_its_field(
    broken: bytes, code: str, field: str | None
) -> None:
    with pytest.raises(Rejected) as refused:
        decode(broken)
    assert (refused.value.code, refused.value.field, refused.value.event_id) == (code, field, "E1")


def test_rows_inside_a_text_are_no_transfers() -> None:
    text = LONG_EVENT.replace(b'"transfers":[[', b'"transfers":[],"lot_id":"[[')
    with pytest.raises(Rejected) as refused:
        decode(text)
    assert refused.value.code == "event.bad_json"


def test_a_list_of_that_name_among_test_values_stays_there() -> None:
    moves = drawn(1)
    result = {
        "unit_id": "U1",
        "attempt": 1,
        "hard_bin": 1,
        "soft_bin": 1,
        "passed": True,
        "values": {"transfers": moves},
    }
    data = {
        "test_run_id": "T1",
        "operation": "FINAL_TEST",
        "equipment_id": "T-01",
        "program": "P",
        "results": [result],
        "complete": True,
    }
    read = decode(event([], type="TestResultsRecorded", data=data))
    assert isinstance(read.fact, Tested)
    assert read.fact.results[0].values == {"transfers": moves}
    assert stored(encode(read), 0) == read
    assert fact_of("TestResultsRecorded", fact_json(read)) == read.fact
