from __future__ import annotations

from msgspec.structs import replace

from tests import factory
from tests.twin.projection.arrivals import arrivals, project, projector
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.canonical import canonical
from twin.projection.state_window import windows
from twin.vocabulary.instants import Instant

STATES = (
    "MATCH (machine:Equipment {equipment_id: 'DB-01'})<-[:STATE_OF]-(one:StateInterval)"
    " MATCH (one)-[:TOLD_BY]->(event:Event)"
    " RETURN one.state AS state, one.entered AS entered, one.started_at AS start, one.ended_at AS end,"
    " event.event_id AS event_id ORDER BY start"
)
MANY = 400
MINUTE = 60_000


def report(event_id: str, clock: str, state: str) -> Event:
    return factory.equipment_state_changed(event_id=event_id, occurred_at=clock, state=state)


def minutes(count: int) -> list[Event]:
    """A machine that tells another state every minute."""
    states = ("PRODUCTIVE", "STANDBY")
    return [
        factory.equipment_state_changed(
            event_id=f"m{number:05}", state=states[number % 2], occurred_at=factory.START + number * MINUTE
        )
        for number in range(count)
    ]


async def test_a_late_report_and_a_void_change_when_the_states_around_them_end(empty_graph: Graph) -> None:
    writer = projector(empty_graph)
    up, down = report("up", "08:00", "PRODUCTIVE"), report("down", "10:00", "UNSCHEDULED_DOWN")
    await writer.apply(arrivals([up, down]))
    late = report("late", "09:00", "UNSCHEDULED_DOWN")
    await writer.apply(arrivals([late], 3))

    assert [tuple(row.values()) for row in await empty_graph.read(STATES)] == [
        ("PRODUCTIVE", True, factory.at("08:00"), factory.at("09:00"), "up"),
        ("UNSCHEDULED_DOWN", True, factory.at("09:00"), factory.at("10:00"), "late"),
        ("UNSCHEDULED_DOWN", False, factory.at("10:00"), None, "down"),
    ]

    await writer.apply(arrivals([factory.event_voided(voided_event_id="up")], 4))
    await writer.apply(arrivals([factory.event_voided(voided_event_id="down")], 5))

    assert [tuple(row.values()) for row in await empty_graph.read(STATES)] == [
        ("UNSCHEDULED_DOWN", True, factory.at("09:00"), None, "late"),
    ]


async def test_of_a_long_history_a_late_report_looks_at_its_neighbours_and_changes_two(
    empty_graph: Graph,
) -> None:
    events = minutes(MANY)
    await projector(empty_graph).apply(arrivals(events))
    late = replace(
        report("late", "08:00", "SCHEDULED_DOWN"), occurred_at=Instant(factory.START + 200 * MINUTE + 1)
    )
    async with empty_graph.transaction() as tx:
        (window,) = await windows(tx, "DB-01", events[-1].order, [late.order])
    assert [one.event_id for one in window.intervals] == ["m00200", "m00201"]
    assert not window.from_first
    assert not window.to_last

    before = set((await canonical(empty_graph)).splitlines())
    await projector(empty_graph).apply(arrivals([late], MANY + 1))
    after = set((await canonical(empty_graph)).splitlines())
    changed = [line.partition(" ")[0] for line in before - after if line.startswith("StateInterval")]
    assert changed == ["StateInterval:DB-01/2026-03-02T11:20:00.000Z/m00200"]
    assert len([line for line in after - before if line.startswith("StateInterval")]) == 4


async def test_late_reports_days_apart_are_each_set_between_their_neighbours(empty_graph: Graph) -> None:
    day = 86_400_000
    events = [
        replace(one, occurred_at=Instant(one.occurred_at + n * 2 * day)) for n, one in enumerate(minutes(4))
    ]
    await projector(empty_graph).apply(arrivals(events))
    places = [
        replace(one, event_id=f"late {one.event_id}", occurred_at=Instant(one.occurred_at + 1))
        for one in events[:3]
    ]
    async with empty_graph.transaction() as tx:
        found = await windows(tx, "DB-01", events[-1].order, [one.order for one in places])
    assert [[one.event_id for one in window.intervals] for window in found] == [
        ["m00000", "m00001", "m00002", "m00003"]
    ]
    async with empty_graph.transaction() as tx:
        found = await windows(tx, "DB-01", events[-1].order, [places[0].order, places[2].order])
    assert [[one.event_id for one in window.intervals] for window in found] == [
        ["m00000", "m00001"],
        ["m00002", "m00003"],
    ]


async def test_an_inspection_is_tied_to_what_was_looked_at_and_to_each_kind_of_fault_once(
    empty_graph: Graph,
) -> None:
    seen = factory.inspection_recorded(
        event_id="seen",
        lot_id="L1",
        substrate_id="W1",
        passed=False,
        defects=[
            {"code": "CHIP", "quantity": 2, "substrate_id": "W1", "x": 1, "y": 1},
            {"code": "CHIP", "quantity": 1, "substrate_id": "W1", "x": 2, "y": 1},
            {"code": "VOID", "quantity": 1, "unit_ids": ["U1", "U2"]},
        ],
    )
    await project(empty_graph, seen)
    looked = (
        "MATCH (event:Event)<-[:TOLD_BY]-(one:Inspection)-[:INSPECTED]->(thing)"
        " RETURN labels(thing)[0] AS label, one.kind AS kind, one.defects AS defects, one.codes AS codes,"
        " event.event_id AS event_id ORDER BY label"
    )
    faults = (
        "MATCH (:Inspection)-[fault:DEFECT_ON]->(thing)"
        " RETURN coalesce(thing.unit_id, thing.substrate_id) AS thing, fault.code AS code,"
        " fault.places AS places, fault.quantity AS quantity ORDER BY thing"
    )
    assert await empty_graph.read(looked) == [
        {"label": label, "kind": "AOI", "defects": 3, "codes": ["CHIP", "VOID"], "event_id": "seen"}
        for label in ("Lot", "Substrate")
    ]
    assert [tuple(row.values()) for row in await empty_graph.read(faults)] == [
        ("U1", "VOID", 1, None),
        ("U2", "VOID", 1, None),
        ("W1", "CHIP", 2, 3),
    ]

    await project(empty_graph, factory.event_voided(voided_event_id="seen"))
    ends = (
        "MATCH (one:Inspection)-[tie:INSPECTED|DEFECT_ON]->() RETURN one.voided_at = tie.voided_at AS ended"
    )
    assert [row["ended"] for row in await empty_graph.read(ends)] == [True] * 5


async def test_a_repair_and_a_mount_of_which_nothing_counts_any_more_are_gone(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.repair_requested(event_id="asked"),
        factory.tool_mounted(event_id="on"),
        factory.tool_unmounted(event_id="off"),
    )
    left = "MATCH (one) WHERE one:Repair OR one:MountInterval RETURN labels(one)[0] AS label ORDER BY label"
    assert [row["label"] for row in await empty_graph.read(left)] == ["MountInterval", "Repair"]
    repaired = (
        "MATCH (one:Repair)-[:REPAIR_OF]->(machine) RETURN machine.equipment_id AS id, one.requested_by AS by"
    )
    assert await empty_graph.read(repaired) == [{"id": "DB-01", "by": "tech-1"}]

    await project(
        empty_graph, *(factory.event_voided(voided_event_id=gone) for gone in ("asked", "on", "off"))
    )

    assert await empty_graph.read(left) == []


async def test_two_places_whose_names_read_alike_when_joined_are_two(empty_graph: Graph) -> None:
    left = {"tool_id": "T", "equipment_id": "M", "position": "A/B"}
    right = {"tool_id": "T", "equipment_id": "M/A", "position": "B"}
    writer = projector(empty_graph)
    for place, event in enumerate(
        (
            factory.tool_mounted(event_id="B/on", occurred_at="08:00", **left),
            factory.tool_mounted(event_id="on", occurred_at="09:00", **right),
            factory.tool_unmounted(event_id="off", occurred_at="10:00", **left),
        ),
        1,
    ):
        await writer.apply(arrivals([event], place))

    mounts = (
        "MATCH (event:Event)<-[:TOLD_BY]-(one:MountInterval)-[:MOUNTED_ON]->(machine:Equipment)"
        " RETURN machine.equipment_id AS machine, one.position AS position, one.ended_by AS ended_by,"
        " event.event_id AS event_id ORDER BY event.event_id"
    )
    assert [tuple(row.values()) for row in await empty_graph.read(mounts)] == [
        ("M", "A/B", "off", "B/on"),
        ("M", "A/B", "off", "off"),
        ("M/A", "B", None, "on"),
    ]
