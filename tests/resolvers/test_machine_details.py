from __future__ import annotations

from tests.factory import (
    alarm_acknowledged,
    alarm_escalated,
    alarm_set,
    equipment_registered,
    lot_created,
    lot_tracked_in,
    lot_tracked_out,
    production_counted,
)
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph


async def test_a_machine_tells_where_it_stands_what_it_counted_and_which_lot_is_inside(
    empty_graph: Graph,
) -> None:
    await project(
        empty_graph,
        equipment_registered(
            area_id="A-1", site_id="S-1", name="Bonder 1", vendor="ACME", model="B9", positions=["HEAD-1"]
        ),
        lot_created(occurred_at="08:00"),
        lot_created(occurred_at="08:00", lot_id="LOT-2"),
        lot_tracked_in(occurred_at="08:10"),
        production_counted(occurred_at="08:15", total=40, good=39, since_at="2026-03-02T08:10:00Z"),
        lot_tracked_in(occurred_at="08:20", lot_id="LOT-2"),
        lot_tracked_out(occurred_at="08:25"),
        production_counted(occurred_at="08:30", total=70),
    )
    document = """query($at: DateTime) { equipment(equipmentId: "DB-01", asOf: $at) {
        lot { lotId } count { total good since at } } }"""

    told = await ask(
        empty_graph,
        '{ equipment(equipmentId: "DB-01") { areaId siteId name vendor model positions } }',
    )
    now, then = await ask(empty_graph, document), await ask(empty_graph, document, at="2026-03-02T08:16:00Z")

    assert told["equipment"] == {
        "areaId": "A-1",
        "siteId": "S-1",
        "name": "Bonder 1",
        "vendor": "ACME",
        "model": "B9",
        "positions": ["HEAD-1"],
    }
    assert now["equipment"] == {
        "lot": {"lotId": "LOT-2"},
        "count": {"total": 70, "good": None, "since": None, "at": "2026-03-02T08:30:00.000Z"},
    }
    assert then["equipment"] == {
        "lot": {"lotId": "LOT-1"},
        "count": {
            "total": 40,
            "good": 39,
            "since": "2026-03-02T08:10:00.000Z",
            "at": "2026-03-02T08:15:00.000Z",
        },
    }


async def test_an_alarm_tells_its_kind_its_lot_and_whom_it_was_escalated_to(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        alarm_set(category="PROCESS", lot_id="LOT-1"),
        alarm_escalated(level=2, notified=["lead-1", "lead-2"]),
        alarm_acknowledged(note="looking"),
    )

    told = await ask(empty_graph, "{ alarms { nodes { category lot { lotId } level escalatedTo note } } }")

    assert told["alarms"]["nodes"] == [
        {
            "category": "PROCESS",
            "lot": {"lotId": "LOT-1"},
            "level": 2,
            "escalatedTo": ["lead-1", "lead-2"],
            "note": "looking",
        }
    ]
