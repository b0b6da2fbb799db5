from __future__ import annotations

import copy
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from tests import factory as f
from tests.resolvers.small_plant import small_plant
from tests.twin.dossier.led_day import HEAD, for_customer, whole, worked_example
from twin.dossier.epcis_file import write
from twin.dossier.trace import whole_trace
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.genealogy import ancestors_in
from twin.lineage.plant import Plant
from twin.records.dossier import Dossier, Language
from twin.vocabulary.things import Thing, ThingKind

SCHEMA = Path(__file__).parents[4] / "shared/data/epcis/EPCIS-JSON-Schema.json"
RFC_3986 = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
CHECKER = FormatChecker(formats=())


@CHECKER.checks("uri")
def is_uri(value: object) -> bool:
    return not isinstance(value, str) or RFC_3986.fullmatch(value) is not None


@CHECKER.checks("date-time", raises=ValueError)
def is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def document(dossier: Dossier) -> dict[str, Any]:
    file = io.BytesIO()
    write(dossier, Language.EN, file)
    return dict(json.loads(file.getvalue()))


def told(*events: Event) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document(Dossier(HEAD, (), events))["epcisBody"]["eventList"]
    return found


def lot(key: str, quantity: int | None = None) -> dict[str, Any]:
    return {"epcClass": f"urn:x-dieloom:lot:{key}"} | ({} if quantity is None else {"quantity": quantity})


def everything() -> dict[str, Any]:
    """A fact of every kind, told whole."""
    events = [
        *counted(small_plant()),
        f.material_mounted(occurred_at="08:00"),
        f.inspection_recorded(occurred_at="08:01", lot_id="LOT-1"),
        f.units_scrapped(occurred_at="08:02", unit_ids=["UNIT-1"]),
        f.lot_completed(occurred_at="08:03"),
        f.material_lot_received(occurred_at="08:04", unit="barrels", expires_at="2027-01-01T00:00:00Z"),
        f.lot_created(occurred_at="08:05", lot_id="批次 7/§%", quantity=3),
        f.lots_merged(occurred_at="08:06"),
    ]
    return document(Dossier(HEAD, (), tuple(events)))


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    return Draft7Validator(json.loads(SCHEMA.read_text("utf-8")), format_checker=CHECKER)


def errors(validator: Draft7Validator, told: dict[str, Any]) -> int:
    return sum(1 for _ in validator.iter_errors(told))


@pytest.mark.shared
@pytest.mark.skipif(not SCHEMA.is_file(), reason="../shared/data is absent: GS1's schema was not asked")
def test_gs1s_schema_accepts_every_event_with_formats_checked(validator: Draft7Validator) -> None:
    for found in (
        document(whole(worked_example())),
        everything(),
        document(for_customer(worked_example(), "C")),
    ):
        assert [error.message for error in validator.iter_errors(found)] == []


@pytest.mark.shared
@pytest.mark.skipif(not SCHEMA.is_file(), reason="../shared/data is absent: GS1's schema was not asked")
@pytest.mark.parametrize(
    ("field", "value"),
    [("bizStep", "shiping"), ("disposition", "in_tranzit"), ("type", "ObjctEvent"), ("eventTime", "noon")],
)
def test_the_check_finds_a_misspelt_word(validator: Draft7Validator, field: str, value: str) -> None:
    sound = document(whole(worked_example()))
    broken = copy.deepcopy(sound)
    (shipping,) = (e for e in broken["epcisBody"]["eventList"] if e.get("bizStep") == "shipping")
    shipping[field] = value
    assert (errors(validator, sound), errors(validator, broken) > 0) == (0, True)


@pytest.mark.shared
@pytest.mark.skipif(not SCHEMA.is_file(), reason="../shared/data is absent: GS1's samples were not read")
def test_gs1s_own_samples_pass_the_same_check(validator: Draft7Validator) -> None:
    samples = sorted(SCHEMA.parent.glob("*.jsonld"))
    found = {path.name: errors(validator, json.loads(path.read_text("utf-8"))) for path in samples}
    assert (len(found), set(found.values())) == (6, {0})


def test_the_document_says_what_was_asked_and_answered() -> None:
    found = document(whole(worked_example()))
    head = found["dieloom:dossier"]
    assert (found["type"], found["schemaVersion"], found["creationDate"]) == (
        "EPCISDocument",
        "2.0",
        "2026-03-02T20:01:00.000Z",
    )
    assert (head["question"], head["watermark"], head["complete"]) == (
        {"scope": {"materialLot": {"materialLotId": "PASTE-1"}}},
        "box/0=9",
        True,
    )


def test_a_shipment_is_an_object_event_with_its_order_and_customer() -> None:
    event = f.shipped(
        event_id="sent",
        occurred_at="15:00",
        recorded_at="15:01",
        order_id="ORD 1",
        contents=[{"lot_id": "L4", "quantity": 20}, {"unit_id": "U1"}, {"container_id": "BOX"}],
    )
    assert told(event) == [
        {
            "type": "ObjectEvent",
            "eventID": "urn:uuid:69f6a8eb-9b55-5e5e-bba5-93c834f90074",
            "eventTime": "2026-03-02T15:00:00.000Z",
            "eventTimeZoneOffset": "+00:00",
            "recordTime": "2026-03-02T15:01:00.000Z",
            "action": "OBSERVE",
            "bizStep": "shipping",
            "disposition": "in_transit",
            "epcList": ["urn:x-dieloom:unit:U1", "urn:x-dieloom:container:BOX"],
            "quantityList": [lot("L4", 20)],
            "bizTransactionList": [
                {"bizTransaction": "urn:x-dieloom:shipment:SHIP-1"},
                {"type": "po", "bizTransaction": "urn:x-dieloom:order:ORD%201"},
            ],
            "destinationList": [{"type": "owning_party", "destination": "urn:x-dieloom:customer:CUST-1"}],
            "dieloom:type": "Shipped",
        }
    ]


def test_the_facts_of_one_run_share_their_transformation() -> None:
    events = [
        f.lot_created(occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="09:00"),
        f.material_consumed(occurred_at="09:10"),
        f.lot_tracked_out(occurred_at="10:00", good=98, scrap=2),
        f.material_consumed(occurred_at="10:10", operation="OTHER"),
    ]
    plant = Plant.of(events)
    walked = ancestors_in(plant, Thing(ThingKind.LOT, "LOT-1"))
    told_whole = document(whole_trace(HEAD, walked, plant))["epcisBody"]["eventList"]
    assert [(e["dieloom:type"], e.get("transformationID")) for e in told_whole] == [
        ("LotTrackedIn", "urn:x-dieloom:operation-run:LOT-1%2FDIE_BOND%2FDB-01%2F1"),
        ("MaterialConsumed", "urn:x-dieloom:operation-run:LOT-1%2FDIE_BOND%2FDB-01%2F1"),
        ("MaterialConsumed", None),
    ]
    used = told_whole[1]
    assert (used["inputQuantityList"], used["outputQuantityList"]) == (
        [{"epcClass": "urn:x-dieloom:material-lot:PASTE-1", "quantity": 10, "uom": "GRM"}],
        [lot("LOT-1")],
    )


def test_a_split_moves_quantities_from_the_parent_to_its_children() -> None:
    (split,) = told(f.lot_split(children=[{"lot_id": "A", "quantity": 40}, {"lot_id": "B", "quantity": 2}]))
    assert (split["inputQuantityList"], split["outputQuantityList"]) == (
        [lot("LOT-1", 42)],
        [lot("A", 40), lot("B", 2)],
    )


@pytest.mark.parametrize(
    ("event", "kind", "action", "parent", "child"),
    [
        (f.packed(), "AggregationEvent", "ADD", "container:REEL-1", lot("LOT-1", 100)),
        (f.units_assembled(), "AggregationEvent", "ADD", "unit:MODULE-1", "urn:x-dieloom:unit:UNIT-1"),
        (
            f.dies_transferred(),
            "AggregationEvent",
            "ADD",
            "substrate:STRIP-1",
            "urn:x-dieloom:die:WAFER-1%404%2C51",
        ),
        (f.tool_mounted(), "AssociationEvent", "ADD", "equipment:WB-01", "urn:x-dieloom:tool:CAP-1"),
        (f.tool_unmounted(), "AssociationEvent", "DELETE", "equipment:WB-01", "urn:x-dieloom:tool:CAP-1"),
    ],
)
def test_what_holds_what_is_told_with_parent_and_children(
    event: Event, kind: str, action: str, parent: str, child: object
) -> None:
    (found,) = told(event)
    assert (found["type"], found["action"], found["parentID"]) == (kind, action, f"urn:x-dieloom:{parent}")
    assert [*found.get("childEPCs", []), *found.get("childQuantityList", [])] == [child]


def test_an_amount_in_a_unit_without_a_code_is_left_out_and_not_guessed() -> None:
    (found,) = told(f.material_lot_received(unit="barrels"))
    assert found["quantityList"] == [{"epcClass": "urn:x-dieloom:material-lot:PASTE-1"}]


@pytest.mark.parametrize(("quality", "disposition"), [("PASS", "conformant"), ("PENDING", None)])
def test_a_disposition_stands_only_where_the_fact_is_that(quality: str, disposition: str | None) -> None:
    (found,) = told(f.lot_completed(quality=quality))
    assert (found.get("bizStep"), found.get("disposition")) == (None, disposition)


def test_facts_that_epcis_has_no_words_for_are_not_told() -> None:
    unheard = (f.alarm_set(), f.equipment_state_changed(), f.lots_merged(parents=[]))
    cancelled = f.lot_tracked_in()
    assert told(*unheard, cancelled) == []


def test_the_same_fact_has_the_same_name_in_every_document() -> None:
    one, other = (told(f.packed(event_id="same", occurred_at="08:00"))[0] for _ in range(2))
    assert one == other
