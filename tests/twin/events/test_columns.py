from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from twin.events.codec import decode, encode, stored
from twin.events.columns import StoredUnitsDecoder, TransfersDecoder
from twin.events.event import Event
from twin.events.rejection import Rejected
from twin.events.substrate import DiesTransferred, UnitsIdentified

MOVES: list[Any] = [["W1", 0, 1, 2, 3], ["W2", -5, 1, 2, 4], ["W1", 1, 1, 2, 5]]
FACT: dict[str, Any] = {
    "to_substrate_id": "S1",
    "to_kind": "STRIP",
    "operation": "DIE_BONDING",
    "equipment_id": "DB-01",
    "transfers": MOVES,
}
BROKEN: list[dict[str, Any]] = [
    FACT | {"transfers": [*MOVES, ["", 0, 0, 0, 0]]},
    FACT | {"transfers": [*MOVES, ["W\u0007", 0, 0, 0, 0]]},
    FACT | {"transfers": [*MOVES, ["W" * 129, 0, 0, 0, 0]]},
    FACT | {"transfers": [*MOVES, [7, 0, 0, 0, 0]]},
    FACT | {"transfers": [["W1", 2**31, 0, 0, 0]]},
    FACT | {"transfers": [["W1", 0, 0, 0]]},
    FACT | {"transfers": None},
    FACT | {"to_kind": "BOX"},
    FACT | {"lot_id": ""},
    FACT | {"operator_id": "O1"},
    {name: value for name, value in FACT.items() if name != "equipment_id"},
]


def event(fact: dict[str, Any]) -> bytes:
    named = {
        "event_id": "E1",
        "type": "DiesTransferred",
        "source": "db",
        "occurred_at": "2026-01-05T08:00:00Z",
    }
    return json.dumps(named | {"data": fact}).encode()


@pytest.mark.parametrize("trusting", [True, False])
@pytest.mark.parametrize("more", [{}, {"lot_id": "L1"}, {"lot_id": None}, {"transfers": []}])
def test_transfers_are_read_as_the_strict_decoder_reads_them(more: dict[str, Any], *, trusting: bool) -> None:
    told = json.dumps(FACT | more).encode()
    found = TransfersDecoder(trusting=trusting).decode(told)
    assert type(found) is DiesTransferred
    assert found == msgspec.json.decode(told, type=DiesTransferred)


@pytest.mark.parametrize("broken", BROKEN)
def test_transfers_are_refused_in_the_words_of_the_strict_decoder(broken: dict[str, Any]) -> None:
    told = json.dumps(broken).encode()
    with pytest.raises(msgspec.ValidationError) as wanted:
        msgspec.json.decode(told, type=DiesTransferred)
    with pytest.raises(msgspec.ValidationError) as found:
        TransfersDecoder(trusting=False).decode(told)
    assert str(found.value) == str(wanted.value)


def test_one_bad_wafer_among_many_moves_is_named_with_its_row() -> None:
    with pytest.raises(Rejected) as refused:
        decode(event(BROKEN[1]))
    assert (refused.value.code, refused.value.field) == ("event.bad_value", "data.transfers[3][0]")


def test_blanks_around_the_wafers_of_moves_are_taken_off() -> None:
    (told, padded) = (decode(event(FACT | {"transfers": moves})) for moves in (MOVES, [[" W1 ", 0, 1, 2, 3]]))
    assert padded.fact == DiesTransferred(**{**as_fields(told), "transfers": (("W1", 0, 1, 2, 3),)})


def test_a_key_of_moves_given_twice_is_refused() -> None:
    doubled = event(FACT).replace(b'"operation"', b'"operation": "X", "operation"')
    with pytest.raises(Rejected) as refused:
        decode(doubled)
    assert (refused.value.code, refused.value.field) == ("event.bad_json", "operation")


def test_stored_moves_come_back_as_they_were_accepted() -> None:
    accepted = decode(event(FACT))
    assert stored(encode(accepted), 0) == accepted


def as_fields(told: Event) -> dict[str, Any]:
    return {field: getattr(told.fact, field) for field in told.fact.__struct_fields__}


@pytest.mark.parametrize("more", [{}, {"substrate_id": "S1"}, {"units": []}])
def test_stored_units_are_read_as_the_strict_decoder_reads_them(more: dict[str, Any]) -> None:
    units = [{"unit_id": "U1", "x": 1, "y": -2, "mark": "A"}, {"unit_id": "U2"}]
    told = json.dumps({"lot_id": "L1", "units": units} | more).encode()
    found = StoredUnitsDecoder().decode(told)
    assert type(found) is UnitsIdentified
    assert found == msgspec.json.decode(told, type=UnitsIdentified)
