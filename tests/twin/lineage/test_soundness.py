from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests import factory as f
from tests.twin.lineage.questions import PASTE, recall
from twin.events.event import Event


class Floor:
    """A plant in which every unit is known: True when it carries the suspect."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.minute = 0
        self.events: list[Event] = [
            self.at(f.material_lot_received()),
            self.at(f.material_lot_received(material_lot_id="PASTE-2")),
        ]
        self.loose: dict[str, list[bool]] = {}
        self.parts: dict[str, list[bool]] = {}
        self.shipped: dict[str, list[bool]] = {}
        self.scrapped: list[bool] = []

    def at(self, event: Event) -> Event:
        self.minute += 1
        return f.event(event.fact, occurred_at=f.START + self.minute * 60_000)

    def tell(self, event: Event) -> None:
        self.events.append(self.at(event))

    def take(self, lot_id: str, quantity: int) -> list[bool]:
        units = self.loose[lot_id]
        self.random.shuffle(units)
        taken, self.loose[lot_id] = units[:quantity], units[quantity:]
        return taken

    def some_lot(self) -> str:
        return self.random.choice([lot for lot, units in self.loose.items() if units] or ["NEW"])

    def step(self) -> None:
        moves = [self.create, self.use, self.split, self.merge, self.scrap, self.pack, self.ship]
        self.random.choice(moves)()

    def create(self) -> None:
        lot_id = f"L{len(self.loose)}"
        self.loose[lot_id] = [False] * self.random.randint(1, 30)
        self.tell(f.lot_created(lot_id=lot_id, quantity=len(self.loose[lot_id])))

    def use(self) -> None:
        lot_id = self.some_lot()
        operation = f"OP-{self.minute}"
        given: dict[str, Any] = {"lot_id": lot_id, "operation": operation}
        if lot_id not in self.loose:
            return
        is_shared = self.random.random() < 0.5
        units = self.loose[lot_id]
        hit = self.random.randint(1, len(units)) if is_shared else len(units)
        self.loose[lot_id] = [carries or number < hit for number, carries in enumerate(units)]
        self.tell(f.material_consumed(**given))
        if is_shared:
            self.tell(f.material_consumed(**given, material_lot_id="PASTE-2"))

    def split(self) -> None:
        lot_id = self.some_lot()
        if lot_id not in self.loose:
            return
        children = []
        for number in range(self.random.randint(1, 3)):
            quantity = self.random.randint(0, len(self.loose[lot_id]))
            child = f"{lot_id}.{self.minute}.{number}"
            self.loose[child] = self.take(lot_id, quantity)
            children.append({"lot_id": child, "quantity": quantity})
        self.tell(f.lot_split(parent_lot_id=lot_id, children=children))

    def merge(self) -> None:
        parents = sorted({self.some_lot(), self.some_lot()} & set(self.loose))
        target = f"M{self.minute}"
        self.loose[target] = []
        rows = []
        for lot_id in parents:
            quantity = self.random.randint(0, len(self.loose[lot_id]))
            self.loose[target] += self.take(lot_id, quantity)
            rows.append({"lot_id": lot_id, "quantity": quantity})
        self.tell(f.lots_merged(into_lot_id=target, parents=rows))

    def scrap(self) -> None:
        lot_id = self.some_lot()
        if lot_id in self.loose:
            quantity = self.random.randint(0, len(self.loose[lot_id]))
            self.scrapped += self.take(lot_id, quantity)
            self.tell(f.units_scrapped(lot_id=lot_id, quantity=quantity))

    def pack(self) -> None:
        lot_id = self.some_lot()
        if lot_id in self.loose:
            quantity = self.random.randint(0, len(self.loose[lot_id]))
            self.parts.setdefault(lot_id, []).extend(self.take(lot_id, quantity))
            contents = [{"lot_id": lot_id, "quantity": quantity}]
            self.tell(f.packed(container_id=f"C{self.minute}", contents=contents))

    def ship(self) -> None:
        lot_id = self.some_lot()
        if lot_id in self.loose:
            quantity = self.random.randint(0, len(self.loose[lot_id]))
            taken = self.take(lot_id, quantity)
            self.parts.setdefault(lot_id, []).extend(taken)
            shipment = f"S{self.minute}"
            self.shipped[shipment] = taken
            contents = [{"lot_id": lot_id, "quantity": quantity}]
            self.tell(f.shipped(shipment_id=shipment, contents=contents))


@pytest.mark.parametrize("seed", range(60))
def test_the_truth_lies_within_the_bounds_of_every_lot_shipment_and_scrap(seed: int) -> None:
    floor = Floor(seed)
    for _ in range(40):
        floor.step()
    answer = recall(floor.events, PASTE)
    told = {lot.lot_id: (lot.low, lot.high) for lot in answer.lots}
    for lot_id, units in floor.loose.items():
        truth = sum(units) + sum(floor.parts.get(lot_id, ()))
        low, high = told.get(lot_id, (0, 0))
        assert low <= truth <= high
    shipped = {row.shipment_id: (row.low, row.high) for row in answer.shipments}
    for shipment, units in floor.shipped.items():
        low, high = shipped.get(shipment, (0, 0))
        assert low <= sum(units) <= high
    rows = {row.disposition.value: (row.low, row.high) for row in answer.totals.by_disposition}
    low, high = rows.get("SCRAPPED", (0, 0))
    assert low <= sum(floor.scrapped) <= high
