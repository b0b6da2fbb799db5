from __future__ import annotations

import io
from zipfile import ZipFile

import pytest

from tests import factory as f
from tests.twin.dossier.led_day import HEAD, for_customer, rows, whole
from tests.twin.dossier.reading_pdf import text_of
from tests.twin.dossier.two_customers import CANARIES, two_customers
from twin.dossier.about import about
from twin.dossier.formats import Format
from twin.dossier.package import write_file, write_package
from twin.dossier.pdf_file import render
from twin.dossier.trace import trace_for_customer
from twin.dossier.words import told_in
from twin.errors import NotFound
from twin.events.event import Event
from twin.lineage.genealogy import ancestors_in, descendants_in
from twin.lineage.plant import Plant
from twin.records.dossier import Dossier, Language
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
)
from twin.vocabulary.things import Thing, ThingKind

SCOPES: list[RecallScope] = [
    MaterialLotScope("CANARY-PASTE"),
    EquipmentScope("CANARY-DB"),
    OperatorScope("CANARY-OPERATOR"),
    RecipeVersionScope("CANARY-RECIPE", "9"),
    ToolScope("CANARY-TOOL"),
    LotScope("CANARY-LOT"),
    LotScope("A1"),
]


def everything_written(dossier: Dossier) -> str:
    """All that a reader could find in any form of it."""
    texts = []
    for form in Format:
        file = io.BytesIO()
        if form is Format.PDF:
            render(dossier, Language.EN, file, None)
            texts.append(text_of(file.getvalue()))
            continue
        write_file(dossier, form, Language.EN, file)
        if form is Format.XLSX:
            with ZipFile(file) as book:
                texts += [book.read(name).decode() for name in book.namelist()]
        else:
            texts.append(file.getvalue().decode())
    package = io.BytesIO()
    write_package(dossier, [Format.CSV], Language.EN, package)
    with ZipFile(package) as parts:
        texts.append(parts.read("manifest.json").decode())
    return "\n".join(texts)


def found_in(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text}


@pytest.mark.parametrize("scope", SCOPES, ids=repr)
def test_no_recall_tells_a_customer_a_name_or_number_of_others(scope: RecallScope) -> None:
    assert found_in(everything_written(for_customer(two_customers(), "A", scope))) == set()


def test_the_canaries_are_there_for_those_who_may_see_all() -> None:
    assert found_in(everything_written(whole(two_customers(), SCOPES[0]))) == set(CANARIES)


@pytest.mark.parametrize("walk", [ancestors_in, descendants_in])
@pytest.mark.parametrize(
    "root",
    [
        Thing(ThingKind.LOT, "A1"),
        Thing(ThingKind.LOT, "AB"),
        Thing(ThingKind.UNIT, "A-UNIT"),
        Thing(ThingKind.ORDER, "ORD-A"),
        Thing(ThingKind.SHIPMENT, "SHIP-A"),
        Thing(ThingKind.CONTAINER, "REEL-A"),
    ],
    ids=str,
)
def test_no_walk_tells_a_customer_a_name_or_number_of_others(walk: object, root: Thing) -> None:
    plant = Plant.of(two_customers())
    lineage = walk(plant, root)  # type: ignore[operator]
    assert found_in(everything_written(trace_for_customer(HEAD, lineage, plant, "A"))) == set()


def test_a_customer_sees_own_things_with_their_numbers() -> None:
    dossier = for_customer(two_customers(), "A", SCOPES[0])
    assert rows(dossier, "lots") == [
        ("A1", "P-A", "DEFINITE", 2700, 2700, 2700, "2026-03-02T09:10:00.000Z", "ORD-A",
         "IN_PROCESS 2499..2499, SHIPPED 201..201"),
        ("AB", "P-A", "DEFINITE", None, None, None, None, "ORD-A", None),
    ]  # fmt: skip
    assert rows(dossier, "units") == [("A-UNIT", "DEFINITE", "A1", None, None, "SHIP-A")]
    assert rows(dossier, "orders") == [("ORD-A", "DEFINITE", None, None)]
    assert rows(dossier, "shipments") == [("SHIP-A", "DEFINITE", 241, 241)]
    assert rows(dossier, "totals") == [
        ("units", 2700, 2700),
        ("IN_PROCESS", 2499, 2499),
        ("SHIPPED", 201, 201),
        ("lots", 2, 2),
        ("orders", 1, 1),
        ("shipments", 1, 1),
    ]


def test_the_files_say_what_they_withhold() -> None:
    head = for_customer(two_customers(), "A", SCOPES[0]).head
    assert head.withheld == (
        "the suspect",
        "evidence",
        "material lots",
        "scrap",
        "numbers of lots shared with others",
        "things of others",
    )
    assert (head.sources, head.watermark[:7]) == ((), "sha256:")


def test_what_is_withheld_is_said_in_the_language_of_the_file() -> None:
    table = about(for_customer(two_customers(), "A", SCOPES[0]).head)
    shown = [told_in(table, row, Language.ZH_HANS) for row in table.rows()]
    assert [row[1] for row in shown if row[0] == "未显示"] == [
        "可疑对象", "证据", "原材料批号", "报废", "与他人共用批次的数量", "他人之物",
    ]  # fmt: skip
    assert ("完整", "是") in shown


def test_an_own_lot_as_suspect_is_named() -> None:
    events = two_customers()
    assert for_customer(events, "A", LotScope("A1")).head.question == HEAD.question
    assert for_customer(events, "A", LotScope("AB")).head.question == {"scope": {"lot": {}}}


@pytest.mark.parametrize(
    "root", [Thing(ThingKind.LOT, "CANARY-LOT"), Thing(ThingKind.EQUIPMENT, "CANARY-DB")], ids=str
)
def test_a_walk_from_what_is_not_the_customers_is_as_from_what_does_not_exist(root: Thing) -> None:
    plant = Plant.of(two_customers())
    with pytest.raises(NotFound) as refused:
        trace_for_customer(HEAD, descendants_in(plant, root), plant, "A")
    assert refused.value.message == f"no counted event names {root}"


def _stock(*more: Event) -> Dossier:
    made = f.lot_created(occurred_at="08:00", quantity=50)
    used = f.material_consumed(occurred_at="09:00")
    return for_customer([made, used, *more], "CUST-1")


def test_what_is_left_of_a_lot_made_for_stock_is_the_plants() -> None:
    some = f.shipped(occurred_at="10:00", contents=[{"lot_id": "LOT-1", "quantity": 20}])
    rest = f.shipped(
        occurred_at="11:00", shipment_id="SHIP-2", contents=[{"lot_id": "LOT-1", "quantity": 30}]
    )
    assert rows(_stock(), "lots") == []
    assert [row[3:6] for row in rows(_stock(some), "lots")] == [(None, None, None)]
    assert [row[3:6] for row in rows(_stock(some, rest), "lots")] == [(50, 50, 50)]
