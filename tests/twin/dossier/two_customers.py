"""Two customers whose goods share a wafer, a paste, a machine, a tool, a recipe and a person.

Every name and number of the plant's inside and of customer B is a canary.
"""

from __future__ import annotations

from tests import factory as f
from twin.events.event import Event

CANARIES = ("CANARY", "7919", "7907", "3217", "5003")
"""In every foreign name; B's quantities; what was scrapped of A's lot and of the shared one."""

INNER = {"equipment_id": "CANARY-DB", "source": "CANARY-SOURCE"}


def _made(lot_id: str, at: str, event_id: str) -> list[Event]:
    run = {"lot_id": lot_id, "operation": "CANARY-OP", **INNER}
    return [
        f.lot_tracked_in(
            occurred_at=f"{at}:00",
            event_id=f"{event_id}-in",
            operator_id="CANARY-OPERATOR",
            recipe_id="CANARY-RECIPE",
            recipe_version="9",
            **run,
        ),
        f.material_consumed(
            occurred_at=f"{at}:10",
            event_id=f"{event_id}-used",
            material_lot_id="CANARY-PASTE",
            material_id="CANARY-MATERIAL",
            **run,
        ),
        f.lot_tracked_out(occurred_at=f"{at}:40", event_id=f"{event_id}-out", good=10, **run),
    ]


def two_customers() -> list[Event]:
    """A's lot A1 and B's lot B1 meet the same paste; their tails meet in one reel's lot AB."""
    return [
        f.order_received(occurred_at="07:00", order_id="ORD-A", customer_id="A", product_id="P-A"),
        f.order_received(
            occurred_at="07:00",
            order_id="CANARY-ORDER",
            customer_id="CANARY-B",
            product_id="CANARY-PRODUCT",
            quantity=7919,
        ),
        f.tool_mounted(occurred_at="07:30", tool_id="CANARY-TOOL", **INNER),
        f.material_lot_received(
            occurred_at="07:40",
            event_id="CANARY-EVENT-1",
            material_lot_id="CANARY-PASTE",
            material_id="CANARY-MATERIAL",
            supplier_id="CANARY-SUPPLIER",
        ),
        f.lot_created(occurred_at="08:00", lot_id="A1", product_id="P-A", order_id="ORD-A", quantity=6000),
        f.lot_created(
            occurred_at="08:00",
            lot_id="CANARY-LOT",
            product_id="CANARY-PRODUCT",
            order_id="CANARY-ORDER",
            quantity=7919,
        ),
        *_made("A1", "09", "made-a"),
        *_made("CANARY-LOT", "10", "CANARY-EVENT-2"),
        f.substrate_registered(occurred_at="10:45", substrate_id="CANARY-STRIP", kind="STRIP", lot_id="A1"),
        f.units_identified(
            occurred_at="10:50",
            lot_id="A1",
            substrate_id="CANARY-STRIP",
            units=[{"unit_id": "A-UNIT", "x": 0, "y": 0}],
        ),
        f.units_identified(occurred_at="10:50", lot_id="CANARY-LOT", units=[{"unit_id": "CANARY-UNIT"}]),
        f.units_scrapped(occurred_at="11:00", lot_id="A1", quantity=3217, reason="CANARY-REASON"),
        f.lots_merged(
            occurred_at="11:30",
            event_id="CANARY-EVENT-3",
            into_lot_id="AB",
            parents=[{"lot_id": "A1", "quantity": 83}, {"lot_id": "CANARY-LOT", "quantity": 7907}],
            reason="TAIL",
        ),
        f.packed(occurred_at="12:00", container_id="REEL-A", contents=[{"lot_id": "A1", "quantity": 200}]),
        f.packed(
            occurred_at="12:00",
            container_id="CANARY-REEL",
            contents=[{"lot_id": "CANARY-LOT", "quantity": 5003 - 5002}],
        ),
        f.shipped(
            occurred_at="13:00",
            shipment_id="SHIP-A",
            customer_id="A",
            order_id="ORD-A",
            contents=[
                {"container_id": "REEL-A"},
                {"lot_id": "AB", "quantity": 40},
                {"unit_id": "A-UNIT"},
            ],
        ),
        f.shipped(
            occurred_at="13:10",
            shipment_id="CANARY-SHIP",
            customer_id="CANARY-B",
            order_id="CANARY-ORDER",
            contents=[{"container_id": "CANARY-REEL"}, {"lot_id": "AB", "quantity": 5003}],
        ),
    ]
