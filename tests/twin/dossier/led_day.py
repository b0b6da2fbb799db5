from __future__ import annotations

from tests import factory as f
from twin.dossier.recall import recall_for_customer, whole_recall
from twin.events.event import Event
from twin.lineage.exposure import exposure_in
from twin.lineage.plant import Plant
from twin.records.answer import SourceWatermark
from twin.records.dossier import Dossier, Head, Subject
from twin.records.recall import MaterialLotScope, RecallScope

PASTE = MaterialLotScope("PASTE-1")
HEAD = Head(
    Subject.RECALL,
    {"scope": {"materialLot": {"materialLotId": "PASTE-1"}}},
    f.at("20:00"),
    f.at("20:01"),
    "box/0=9",
    (SourceWatermark("mes", f.at("15:00"), f.at("15:01"), "9", 0),),
    complete=True,
)


def worked_example() -> list[Event]:
    """semantics.md section 8, with an order and a customer at its end."""
    return [
        f.order_received(occurred_at="08:00", order_id="ORD-C", customer_id="C", quantity=50),
        f.material_lot_received(occurred_at="08:01", event_id="got"),
        f.lot_created(occurred_at="08:10", event_id="new-1"),
        f.lot_split(occurred_at="09:00", event_id="cut-a", children=[{"lot_id": "L1A", "quantity": 20}]),
        f.material_consumed(occurred_at="10:00", event_id="used"),
        f.lot_split(occurred_at="11:00", event_id="cut-b", children=[{"lot_id": "L1B", "quantity": 30}]),
        f.lot_created(occurred_at="11:10", lot_id="L2", quantity=40),
        f.lots_merged(
            occurred_at="12:00",
            event_id="join",
            into_lot_id="L3",
            parents=[{"lot_id": "L1B", "quantity": 30}, {"lot_id": "L2", "quantity": 40}],
        ),
        f.lot_split(
            occurred_at="13:00",
            event_id="cut-c",
            parent_lot_id="L3",
            children=[{"lot_id": "L4", "quantity": 50}, {"lot_id": "L5", "quantity": 20}],
        ),
        f.units_scrapped(occurred_at="14:00", lot_id="L4", quantity=15),
        f.shipped(
            occurred_at="15:00",
            event_id="sent",
            customer_id="C",
            order_id="ORD-C",
            contents=[{"lot_id": "L4", "quantity": 20}],
        ),
    ]


def whole(events: list[Event], scope: RecallScope = PASTE) -> Dossier:
    plant = Plant.of(events)
    return whole_recall(HEAD, plant, exposure_in(plant, scope))


def for_customer(events: list[Event], customer_id: str, scope: RecallScope = PASTE) -> Dossier:
    plant = Plant.of(events)
    return recall_for_customer(HEAD, plant, exposure_in(plant, scope), scope, customer_id)


def rows(dossier: Dossier, name: str) -> list[tuple[object, ...]]:
    (table,) = (table for table in dossier.tables if table.name == name)
    return list(table.rows())
