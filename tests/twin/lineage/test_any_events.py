from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests import factory as f
from twin.errors import NotFound
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure_in
from twin.lineage.genealogy import ancestors_in, descendants_in
from twin.lineage.plant import Plant
from twin.lineage.unit_facts import unit_in
from twin.records.recall import (
    EquipmentScope,
    Exposure,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

SCOPES: list[RecallScope] = [
    MaterialLotScope("M"),
    MaterialLotScope("N", Instant(f.START + 20_000)),
    LotScope("A"),
    EquipmentScope("E1"),
    EquipmentScope("E1", Window(), "P"),
    OperatorScope("op"),
    ToolScope("T"),
    WaferScope("W"),
]


class Chance:
    """Facts of a plant where anything may happen, with few names, so that they meet."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def events(self) -> list[Event]:
        makers = [self.lot_fact, self.run_fact, self.material_fact, self.substrate_fact, self.unit_fact]
        return [self.random.choice(makers)() for _ in range(self.random.randint(5, 80))]

    def one(self, *given: Any) -> Any:
        return self.random.choice(given)

    def few(self) -> int:
        return self.random.randint(0, 6)

    def lot(self) -> str:
        return self.one(*"ABCDE")

    def units(self) -> list[str]:
        return sorted({f"U{self.few()}" for _ in range(self.random.randint(0, 2))})

    def pick(self, *makers: Callable[[], Event]) -> Event:
        return self.random.choice(makers)()

    def child(self) -> dict[str, Any]:
        substrates = self.one([], [], ["S1"])
        return {
            "lot_id": self.lot(),
            "quantity": self.few(),
            "unit_ids": self.units(),
            "substrate_ids": substrates,
        }

    def lot_fact(self) -> Event:
        parents = [{"lot_id": self.lot(), "quantity": self.few()} for _ in range(2)]
        return self.pick(
            lambda: f.lot_created(lot_id=self.lot(), quantity=self.few()),
            lambda: f.lot_split(parent_lot_id=self.lot(), children=[self.child(), self.child()]),
            lambda: f.lot_split(parent_lot_id=self.lot(), children=[self.child()]),
            lambda: f.lots_merged(into_lot_id=self.lot(), parents=parents),
            lambda: f.units_scrapped(lot_id=self.lot(), quantity=self.few(), unit_ids=self.units()),
            lambda: f.lot_completed(lot_id=self.lot()),
            lambda: f.packed(container_id=self.one("C1", "C2"), contents=[self.content()]),
            lambda: f.shipped(shipment_id=self.one("X", "Y"), contents=[self.content()]),
        )

    def content(self) -> dict[str, Any]:
        lot = {"lot_id": self.lot(), "quantity": self.few()}
        return self.one(lot, {"unit_id": f"U{self.few()}"}, {"container_id": self.one("C1", "C2")})

    def run_fact(self) -> Event:
        three = {
            "lot_id": self.lot(),
            "operation": self.one("OP-1", "OP-2"),
            "equipment_id": self.one("E1", "E2"),
        }
        machine = {"equipment_id": three["equipment_id"], "position": "P"}
        return self.pick(
            lambda: f.lot_tracked_in(**three, operator_id="op"),
            lambda: f.lot_tracked_out(**three, scrap=self.one(0, 0, 1)),
            lambda: f.track_in_cancelled(**three),
            lambda: f.tool_mounted(tool_id="T", **machine),
            lambda: f.substrate_processed(**three, substrate_id=self.one("S1", "S2"), position="P"),
            lambda: f.material_consumed(**three, material_lot_id=self.one(*"MNO")),
        )

    def material_fact(self) -> Event:
        machine = {"equipment_id": self.one("E1", "E2"), "position": "P"}
        part = {"material_lot_id": self.one(*"MNO"), "quantity": 1, "unit": "G"}
        return self.pick(
            lambda: f.material_lot_received(material_lot_id=self.one(*"MNO")),
            lambda: f.material_mixed(material_lot_id=self.one(*"MNO"), inputs=[part]),
            lambda: f.material_mounted(material_lot_id=self.one(*"MNO"), **machine),
            lambda: f.material_unmounted(material_lot_id=self.one(*"MNO"), **machine),
        )

    def substrate_fact(self) -> Event:
        substrates = ("S1", "S2", "W")
        row = [self.one(*substrates), self.one(0, 1), 0, self.one(0, 1), 0]
        return self.pick(
            lambda: f.substrate_registered(
                substrate_id=self.one(*substrates),
                kind="STRIP",
                lot_id=self.one(None, self.lot()),
                material_lot_id=self.one(None, "M"),
            ),
            lambda: f.dies_transferred(
                to_substrate_id=self.one(*substrates), lot_id=self.one(None, self.lot()), transfers=[row]
            ),
        )

    def unit_fact(self) -> Event:
        unit = f"U{self.few()}"
        components = [
            {"unit_id": f"U{self.few()}"},
            {"material_lot_id": self.one(*"MNO")},
            {"substrate_id": "W", "x": 0, "y": 0},
        ]
        result = {"unit_id": unit, "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True}
        return self.pick(
            lambda: f.units_identified(
                lot_id=self.lot(), units=[{"unit_id": unit}], substrate_id=self.one(None, "S1", "W")
            ),
            lambda: f.units_assembled(unit_id=unit, lot_id=self.lot(), components=components),
            lambda: f.test_results_recorded(lot_id=self.lot(), results=[result]),
        )


def check(answer: Exposure) -> None:
    for lot in answer.lots:
        assert 0 <= lot.low <= lot.high <= lot.quantity
        assert all(0 <= row.low <= row.high for row in lot.dispositions)
        assert answer.evidence(Thing(ThingKind.LOT, lot.lot_id)) != ()
    for unit in answer.units:
        assert answer.evidence(Thing(ThingKind.UNIT, unit.unit_id)) != ()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_bounds_are_in_order_and_everything_listed_has_evidence(seed: int) -> None:
    plant = Plant.of(counted(Chance(seed).events()))
    for scope in SCOPES:
        try:
            answer = exposure_in(plant, scope)
        except NotFound:
            continue
        check(answer)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_every_thing_has_its_facts_and_its_genealogy(seed: int) -> None:
    plant = Plant.of(counted(Chance(seed).events()))
    for lot_id in plant.ledger.accounts.lots:
        thing = Thing(ThingKind.LOT, lot_id)
        assert plant.lot(lot_id).lot_id == lot_id
        assert ancestors_in(plant, thing).root.thing == descendants_in(plant, thing).root.thing == thing
    for unit_id in plant.ledger.units.units:
        assert unit_in(plant, unit_id).unit_id == unit_id
        assert ancestors_in(plant, Thing(ThingKind.UNIT, unit_id)).nodes[0].level == 0


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_a_plant_may_grow_event_by_event(seed: int) -> None:
    events = counted(Chance(seed).events())
    grown = Plant()
    for event in events:
        grown.append(event)
        assert grown.runs("A") == Plant.of(grown.events).runs("A")
    assert len(grown.steps) == len(Plant.of(events).steps)
