from __future__ import annotations

from tests.factory import (
    lot_created,
    material_consumed,
    material_defined,
    material_lot_received,
    material_thawed,
)
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.events.event import Event
from twin.graph.session import Graph

STOCK = """
    fragment Stock on MaterialLot {
        received { value unit } consumed { value unit } remaining { value unit }
        material { materialId name kind unit aliases onHand low }
    }
"""


def _day() -> list[Event]:
    return [
        material_lot_received(
            occurred_at="08:00", material_lot_id="P-1", material_id="EPOXY-A", quantity=0.5, unit="KG"
        ),
        material_lot_received(
            occurred_at="08:01", material_lot_id="P-2", material_id="PASTE-84", quantity=300, unit="G"
        ),
        material_lot_received(
            occurred_at="07:50", material_lot_id="P-3", material_id="EPOXY-A", quantity=9, unit="PCS"
        ),
        lot_created(occurred_at="08:03"),
        material_consumed(occurred_at="09:00", material_lot_id="P-1", quantity=400, unit="G"),
    ]


def _definition() -> Event:
    return material_defined(
        occurred_at="10:00", name="Silver paste", minimum_quantity=500, aliases=["PASTE-84"]
    )


async def test_lots_under_all_names_of_a_material_are_its_stock_in_its_own_unit(empty_graph: Graph) -> None:
    await project(empty_graph, *_day(), _definition())

    told = await ask(
        empty_graph,
        '{ one: materialLot(materialLotId: "P-1") { ...Stock } two: materialLot(materialLotId: "P-2") '
        "{ ...Stock } }" + STOCK,
    )

    assert told.messages == []
    paste = {
        "materialId": "EPOXY-A",
        "name": "Silver paste",
        "kind": "EPOXY",
        "unit": "G",
        "aliases": ["PASTE-84"],
        "onHand": 400.0,
        "low": True,
    }
    assert told["one"] == {
        "received": {"value": 0.5, "unit": "KG"},
        "consumed": {"value": 0.4, "unit": "KG"},
        "remaining": {"value": 0.1, "unit": "KG"},
        "material": paste,
    }
    assert told["two"]["material"] == paste


async def test_stock_of_a_moment_is_that_of_the_names_it_had_then(empty_graph: Graph) -> None:
    await project(empty_graph, *_day(), _definition())

    document = """query($at: DateTime) { lot(lotId: "LOT-1", asOf: $at) { consumptions { materialLot {
        consumed { value } material { name unit onHand low } } } } }"""
    before = await ask(empty_graph, document, at="2026-03-02T09:30:00Z")
    after = await ask(empty_graph, document, at="2026-03-02T10:30:00Z")

    used = [told["lot"]["consumptions"][0]["materialLot"] for told in (before, after)]
    assert used == [
        {"consumed": {"value": 0.4}, "material": {"name": None, "unit": "KG", "onHand": 0.1, "low": False}},
        {
            "consumed": {"value": 0.4},
            "material": {"name": "Silver paste", "unit": "G", "onHand": 400.0, "low": True},
        },
    ]


async def test_a_material_lot_tells_from_when_and_until_when_it_may_be_used(empty_graph: Graph) -> None:
    await project(empty_graph, material_lot_received(), material_thawed())

    told = await ask(empty_graph, '{ materialLot(materialLotId: "PASTE-1") { usableFrom usableUntil } }')

    assert told["materialLot"] == {
        "usableFrom": "2026-03-02T08:00:00.000Z",
        "usableUntil": "2026-03-02T20:00:00.000Z",
    }
