from __future__ import annotations

from tests import factory
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.events.event import Event
from twin.graph.session import Graph

STORED = "{ findings(first: 20) { nodes { code resolvedAt events { eventId type } } } }"


def made_by(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [event["eventId"] for event in answer["events"]]


def a_day() -> list[Event]:
    return [
        factory.lot_created(event_id="created", quantity=10, source="mes", source_sequence=1),
        factory.lot_moved(event_id="moved", location_id="R1"),
        factory.lot_tracked_in(event_id="in"),
        factory.units_scrapped(event_id="scrap 1", quantity=6, source="mes", source_sequence=3),
        factory.units_scrapped(event_id="scrap 2", quantity=6),
        factory.lot_tracked_in(event_id="elsewhere", operation="CURE", equipment_id="OV-01"),
        factory.equipment_registered(equipment_id="OV-01"),
    ]


async def test_a_stored_finding_names_the_events_that_make_it(empty_graph: Graph) -> None:
    await project(empty_graph, *a_day())
    answer = await ask(empty_graph, STORED)
    assert answer.messages == []
    assert {each["code"]: made_by(each) for each in answer["findings"]["nodes"]} == {
        "quantity.imbalance": ["created", "scrap 1", "scrap 2"],
        "run.no_track_out": ["in", "elsewhere"],
        "equipment.unknown": ["in"],
        "product.unknown": ["created"],
        "sequence.gap": [],
    }


async def test_a_settled_finding_names_none(empty_graph: Graph) -> None:
    await project(empty_graph, factory.material_moved(event_id="moved"))
    (found,) = (await ask(empty_graph, STORED))["findings"]["nodes"]
    assert (found["code"], made_by(found), found["resolvedAt"]) == ("material_lot.unknown", ["moved"], None)

    await project(empty_graph, factory.material_defined(), factory.material_lot_received())

    (found,) = (await ask(empty_graph, STORED))["findings"]["nodes"]
    assert (made_by(found), found["resolvedAt"] is None) == ([], False)


async def test_a_reused_id_names_the_event_that_counts(empty_graph: Graph) -> None:
    await project(empty_graph, factory.product_defined(), factory.lot_created(event_id="one"))
    await project(empty_graph, factory.lot_created(event_id="one", quantity=7))
    nodes = (await ask(empty_graph, STORED))["findings"]["nodes"]
    assert [(each["code"], made_by(each)) for each in nodes] == [("event.id_reused", ["one"])]


async def test_a_finding_of_an_answer_names_its_event(empty_graph: Graph) -> None:
    day = a_day()
    used = factory.material_consumed(event_id="scan", lot_id="LOT-1", occurred_at=day[1].occurred_at)
    await project(empty_graph, *day, used)
    answer = await ask(
        empty_graph,
        '{ recallImpact(scope: {materialLot: {materialLotId: "PASTE-1"}})'
        " { answer { findings { code events { eventId } } } } }",
    )
    found = {each["code"]: made_by(each) for each in answer["recallImpact"]["answer"]["findings"]}
    assert found == {"quantity.imbalance": ["scrap 2"], "material_lot.unknown": ["scan"]}


async def test_a_conflict_of_a_die_names_both_transfers_now_and_then(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.dies_transferred(event_id="first", to_substrate_id="S-1", transfers=[["W", 4, 51, 14, 0]]),
        factory.dies_transferred(event_id="second", to_substrate_id="S-2", transfers=[["W", 4, 51, 0, 1]]),
    )
    answer = await ask(
        empty_graph, '{ die(substrateId: "W", x: 4, y: 51) { conflicts { code events { eventId } } } }'
    )
    assert [(each["code"], made_by(each)) for each in answer["die"]["conflicts"]] == [
        ("die.used_twice", ["first", "second"])
    ]
