from __future__ import annotations

from typing import Any

from tests import factory as f
from twin.events.event import Event


def used(clock: str, lot_id: str = "LOT-1", **given: Any) -> Event:
    return f.material_consumed(occurred_at=clock, lot_id=lot_id, **given)


def created(lot_id: str = "LOT-1", quantity: int = 100, **given: Any) -> Event:
    return f.lot_created(lot_id=lot_id, quantity=quantity, occurred_at="08:00", **given)


def split(clock: str, parent: str = "LOT-1", **children: int) -> Event:
    rows = [{"lot_id": lot_id, "quantity": quantity} for lot_id, quantity in children.items()]
    return f.lot_split(occurred_at=clock, parent_lot_id=parent, children=rows)


def merged(clock: str, into: str, **parents: int) -> Event:
    rows = [{"lot_id": lot_id, "quantity": quantity} for lot_id, quantity in parents.items()]
    return f.lots_merged(occurred_at=clock, into_lot_id=into, parents=rows)


def scrapped(clock: str, quantity: int, lot_id: str = "LOT-1") -> Event:
    return f.units_scrapped(occurred_at=clock, lot_id=lot_id, quantity=quantity)


RECEIVED = f.material_lot_received(occurred_at="07:00")
OTHER = f.material_lot_received(occurred_at="07:00", material_lot_id="PASTE-2")


def some_of_70() -> list[Event]:
    return [
        RECEIVED,
        created("E", 30),
        created("C", 40),
        used("09:00", "E"),
        merged("10:00", "LOT-1", E=30, C=40),
    ]
