from __future__ import annotations

from typing import Any

from tests.factory import lot_created, order_received, packed, shipped, units_identified
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph


async def _progress(graph: Graph, order_id: str = "ORD-1") -> tuple[int, dict[str, int]]:
    answer = await ask(
        graph,
        "query($id: String!) { order(orderId: $id) { shippedQuantity progress { stage quantity } } }",
        id=order_id,
    )
    assert answer.messages == []
    told: dict[str, Any] = answer["order"]
    return told["shippedQuantity"], {row["stage"]: row["quantity"] for row in told["progress"]}


async def test_packed_units_stand_somewhere_until_they_leave(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        order_received(),
        lot_created(order_id="ORD-1", occurred_at="08:00"),
        packed(occurred_at="09:00", contents=[{"lot_id": "LOT-1", "quantity": 60}]),
    )
    assert await _progress(empty_graph) == (0, {"WAITING": 40, "PACKED": 60})

    await project(
        empty_graph,
        packed(occurred_at="10:00", container_id="REEL-2", contents=[{"lot_id": "LOT-1", "quantity": 30}]),
        shipped(occurred_at="11:00", order_id="ORD-1", contents=[{"container_id": "REEL-2"}]),
    )
    assert await _progress(empty_graph) == (30, {"WAITING": 10, "PACKED": 60, "SHIPPED": 30})


async def test_a_tray_that_comes_back_and_is_filled_again_ships_each_load_once(empty_graph: Graph) -> None:
    def load(at: str, number: int) -> Any:
        return packed(
            occurred_at=at,
            container_id="TRAY",
            kind="TRAY",
            contents=[{"lot_id": "LOT-1", "quantity": number}],
        )

    def leaves(at: str, number: int) -> Any:
        return shipped(
            occurred_at=at,
            shipment_id=f"SHIP-{number}",
            order_id=f"ORD-{number}",
            contents=[{"container_id": "TRAY"}],
        )

    await project(
        empty_graph,
        order_received(),
        order_received(order_id="ORD-2"),
        lot_created(occurred_at="07:00"),
        load("08:00", 10),
        load("08:30", 5),
        leaves("09:00", 1),
        load("10:00", 7),
        leaves("11:00", 2),
    )
    assert [(await _progress(empty_graph, key))[0] for key in ("ORD-1", "ORD-2")] == [15, 7]


async def test_what_was_moved_to_another_box_leaves_with_that_one(empty_graph: Graph) -> None:
    def box(at: str, name: str, *contents: dict[str, Any]) -> Any:
        return packed(occurred_at=at, container_id=name, kind="BOX", contents=list(contents))

    units = [{"unit_id": f"U-{number}"} for number in range(3)]
    await project(
        empty_graph,
        order_received(),
        order_received(order_id="ORD-2"),
        lot_created(occurred_at="07:00", quantity=3),
        units_identified(occurred_at="07:30", units=units),
        box("08:00", "A", *units),
        box("08:30", "B", units[0]),
        box("08:40", "PALLET-1", {"container_id": "A"}, {"container_id": "B"}),
        box("08:50", "PALLET-2", {"container_id": "B"}),
        shipped(occurred_at="09:00", order_id="ORD-1", contents=[{"container_id": "PALLET-1"}]),
        shipped(
            occurred_at="09:30", shipment_id="S-2", order_id="ORD-2", contents=[{"container_id": "PALLET-2"}]
        ),
    )
    assert [(await _progress(empty_graph, key))[0] for key in ("ORD-1", "ORD-2")] == [2, 1]


async def test_a_container_tells_its_last_load_and_with_what_that_left(empty_graph: Graph) -> None:
    def box(at: str, name: str, *contents: dict[str, Any]) -> Any:
        return packed(occurred_at=at, container_id=name, kind="TRAY", contents=list(contents))

    async def told(name: str) -> tuple[list[tuple[str | None, str | None, int]], str | None]:
        answer = await ask(
            empty_graph,
            """query($id: String!) { container(containerId: $id) { shipment { shipmentId }
                 contents { lot { lotId } unit { unitId } quantity } } }""",
            id=name,
        )
        assert answer.messages == []
        found = answer["container"]
        lines = [
            (
                line["lot"] and line["lot"]["lotId"],
                line["unit"] and line["unit"]["unitId"],
                line["quantity"],
            )
            for line in found["contents"]
        ]
        return lines, found["shipment"] and found["shipment"]["shipmentId"]

    await project(
        empty_graph,
        lot_created(occurred_at="07:00", quantity=50),
        units_identified(occurred_at="07:30", units=[{"unit_id": "U-1"}]),
        box("08:00", "TRAY", {"lot_id": "LOT-1", "quantity": 10}, {"unit_id": "U-1"}),
        box("08:10", "OTHER", {"unit_id": "U-1"}),
        box("08:20", "PALLET", {"container_id": "TRAY"}),
        shipped(occurred_at="09:00", contents=[{"container_id": "PALLET"}]),
    )
    assert await told("TRAY") == ([("LOT-1", None, 10)], "SHIP-1")
    assert await told("OTHER") == ([(None, "U-1", 1)], None)

    await project(
        empty_graph,
        shipped(occurred_at="10:00", shipment_id="S-2", contents=[{"container_id": "OTHER"}]),
        box("11:00", "OTHER", {"lot_id": "LOT-1", "quantity": 3}),
    )
    assert await told("OTHER") == ([("LOT-1", None, 3)], None)

    await project(empty_graph, box("12:00", "TRAY", {"lot_id": "LOT-1", "quantity": 4}))
    assert await told("TRAY") == ([("LOT-1", None, 4)], None)
