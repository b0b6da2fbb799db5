"""Random plants in which units, strips and dies are known, some of them only half."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests import factory
from tests.oracle.lot_plants import MINUTE, LotPlant
from tests.oracle.timeline import mentions, place
from twin.events.event import Event
from twin.events.lot import LotCreated, LotsMerged, LotSplit, UnitsScrapped
from twin.events.packing import Packed, Shipped
from twin.events.substrate import UnitsAssembled

SECOND = 1_000
BINS = b"\x01\x00\x02\x00\x01\x00\x02\x00\x01\x00\x01\x00"


class UnitPlant(LotPlant):
    punctual = frozenset(
        {"LotCreated", "UnitsIdentified", "UnitsAssembled", "UnitsScrapped"}
        | {"DiesTransferred", "Packed", "Shipped"}
    )

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.units: dict[str, str | None] = {}
        self.packed: set[str] = set()
        self.strips: dict[str, str] = {}
        self.sites = 0

    def start(self) -> None:
        self.tell(factory.order_received, order_id="O1", customer_id="K1")
        if self.random.random() < 0.7:
            self.tell(
                factory.substrate_registered,
                substrate_id="W1",
                kind="WAFER",
                material_lot_id=self.pick((None, "P1")),
            )
        if self.random.random() < 0.7:
            self.tell(
                factory.substrate_mapped,
                substrate_id="W1",
                columns=3,
                rows=2,
                bins=BINS,
                first_x=self.pick((None, 0)),
            )
        for _ in range(2):
            self.create()

    def create(self) -> None:
        name = self.new_lot()
        self.lots.append(name)
        quantity = self.random.randint(1, 5)
        self.tell(factory.lot_created, lot_id=name, quantity=quantity, order_id=self.pick((None, "O1", "O2")))
        for _ in range(self.pick((0, 0, 1, 2))):
            strip = f"S{len(self.strips) + 1}"
            self.strips[strip] = name
            self.tell(factory.substrate_registered, substrate_id=strip, kind="STRIP", lot_id=name)
        if self.random.random() < 0.5:
            self.identify(name, quantity)

    def some_lot(self) -> str:
        return str(self.pick(self.lots))

    def steps(self) -> list[tuple[int, Callable[[], Any]]]:
        return [
            (2, self.create),
            (4, self.track_in),
            (3, self.track_out),
            (6, self.consume),
            (1, self.mix),
            (6, self.split),
            (4, self.merge),
            (4, self.scrap),
            (4, self.pack),
            (2, self.ship),
            (4, self.identify),
            (4, self.transfer),
            (4, self.assemble),
            (3, self.strip_run),
            (1, self.test),
        ]

    def of(self, lot: str) -> list[str]:
        return [unit for unit, where in self.units.items() if where == lot and unit not in self.packed]

    def identify(self, lot: str | None = None, most: int | None = None) -> None:
        lot = lot or self.some_lot()
        strip = self.pick([None, *(s for s, where in self.strips.items() if where == lot)])
        marks = []
        for number in range(most or self.random.randint(1, 2)):
            name = f"U{len(self.units) + 1}"
            self.units[name] = lot
            site = {"x": number, "y": 0} if strip and self.random.random() < 0.7 else {}
            marks.append({"unit_id": name, **site})
        self.tell(factory.units_identified, lot_id=lot, substrate_id=strip, units=marks)

    def some_units(self, lot: str, most: int) -> list[str]:
        here = self.of(lot)
        return self.random.sample(here, min(len(here), self.random.randint(0, most)))

    def split(self) -> None:
        parent, children = self.some_lot(), []
        for _ in range(self.pick((1, 1, 2))):
            child, quantity = self.new_lot(), self.random.randint(1, 3)
            row: dict[str, Any] = {"lot_id": child, "quantity": quantity}
            strips = [s for s, where in self.strips.items() if where == parent]
            way = self.random.random()
            if way < 0.55:
                row["unit_ids"] = self.some_units(parent, quantity)
                self.units |= dict.fromkeys(row["unit_ids"], child)
            elif way < 0.75 and strips:
                row["substrate_ids"] = [self.pick(strips)]
                self.strips[row["substrate_ids"][0]] = child
            children.append(row)
        self.lots += [str(row["lot_id"]) for row in children]
        self.tell(factory.lot_split, parent_lot_id=parent, children=children)

    def merge(self) -> None:
        parents = list(dict.fromkeys(self.some_lot() for _ in range(self.pick((1, 2)))))
        into = self.some_lot() if self.random.random() < 0.5 else self.new_lot()
        if into in parents:
            return
        self.lots.append(into)
        rows = [{"lot_id": p, "quantity": self.random.randint(1, 5)} for p in parents]
        for parent in parents:
            self.units |= dict.fromkeys(self.of(parent), into)
        self.tell(factory.lots_merged, into_lot_id=into, parents=rows)

    def scrap(self) -> None:
        lot, quantity = self.some_lot(), self.random.randint(1, 2)
        named = self.some_units(lot, quantity) if self.random.random() < 0.7 else []
        self.units |= dict.fromkeys(named, None)
        self.tell(factory.units_scrapped, lot_id=lot, quantity=quantity, unit_ids=named)

    def contents(self) -> list[dict[str, Any]]:
        lot = self.some_lot()
        units = self.of(lot)
        if units and self.random.random() < 0.7:
            chosen = self.random.sample(units, min(len(units), self.random.randint(1, 3)))
            self.packed |= set(chosen)
            return [{"unit_id": unit} for unit in chosen]
        return super().contents()

    def transfer(self) -> None:
        lot = self.some_lot()
        strips = [s for s, where in self.strips.items() if where == lot] or ["F1"]
        rows = []
        for _ in range(self.random.randint(1, 3)):
            source = self.pick(("W1", "W1", "W1", "W1", "F1"))
            site = (self.random.randint(0, 2), self.random.randint(0, 1))
            rows.append([source, *site, self.random.randint(0, 2), 0])
        to = self.pick([*strips, "F1"])
        self.tell(
            factory.dies_transferred,
            to_substrate_id=to,
            to_kind="FRAME" if to == "F1" else "STRIP",
            lot_id=None if to == "F1" else lot,
            transfers=[row for row in rows if row[0] != to] or [["W1", 0, 0, 1, 0]],
        )

    def assemble(self) -> None:
        lot = self.some_lot()
        free = [unit for unit, where in self.units.items() if where is not None and unit not in self.packed]
        inner = self.random.sample(free, min(len(free), self.random.randint(0, 2)))
        host = self.pick(self.of(lot) or ["new"]) if self.random.random() < 0.5 else "new"
        if host == "new":
            host = f"M{len(self.units) + 1}"
        parts: list[dict[str, Any]] = [{"unit_id": unit} for unit in inner if unit != host]
        if self.random.random() < 0.4:
            parts.append({"material_lot_id": self.pick(("P1", "P2"))})
        if self.random.random() < 0.15:
            parts.append({"substrate_id": "W1", "x": self.random.randint(0, 2), "y": 0})
        self.units |= {**dict.fromkeys((p["unit_id"] for p in parts if "unit_id" in p), None), host: lot}
        self.tell(factory.units_assembled, unit_id=host, lot_id=lot, components=parts)

    def strip_run(self) -> None:
        """A run whose strips pass the machine one by one while pastes are mounted and taken off."""
        lot = self.some_lot()
        strips = [s for s, where in self.strips.items() if where == lot]
        if not strips:
            return
        place = {"lot_id": lot, "operation": "PRINT", "equipment_id": "PR"}
        one, two = self.random.sample(("P1", "P2", "P3"), 2)
        self.tell(factory.material_mounted, material_lot_id=one, equipment_id="PR", position="A")
        self.tell(factory.lot_tracked_in, **place, position=self.pick((None, "A")))
        for strip in strips:
            if self.random.random() < 0.9:
                self.pass_strip(strip, place)
            if self.random.random() < 0.4:
                self.tell(factory.material_unmounted, material_lot_id=one, equipment_id="PR", position="A")
                self.tell(factory.material_mounted, material_lot_id=two, equipment_id="PR", position="A")
        for material in (one, two):
            if self.random.random() < 0.8:
                self.tell(factory.material_consumed, **place, material_lot_id=material, position="A")
        self.tell(factory.lot_tracked_out, **place, good=1)
        for material in (one, two):
            self.tell(factory.material_unmounted, material_lot_id=material, equipment_id="PR", position="A")

    def pass_strip(self, strip: str, place: dict[str, Any]) -> None:
        self.minute += 2
        at = factory.START + self.minute * MINUTE
        self.tell(
            factory.substrate_processed,
            substrate_id=strip,
            **place,
            position="A",
            started_at=datetime.fromtimestamp((at - self.pick((31, 91)) * SECOND) / 1000, UTC),
            finished_at=datetime.fromtimestamp((at - 7 * SECOND) / 1000, UTC),
        )

    def test(self) -> None:
        lot = self.some_lot()
        units = self.of(lot)
        if units:
            row = {"unit_id": self.pick(units), "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True}
            self.tell(factory.test_results_recorded, lot_id=lot, results=[row])


def unit_plant(seed: int) -> list[Event]:
    return UnitPlant(seed).grow(16 + seed % 31)


def in_order(events: list[Event]) -> list[Event]:
    """Only what the rules settle: lots are created before they have units, units known before packed."""
    lots: set[str] = set()
    units: set[str] = set()
    gone: set[str] = set()
    kept = []
    for event in sorted(events, key=place):
        fact, named, inside = event.fact, mentions(event, "LOT"), mentions(event, "UNIT")
        needed = {
            LotCreated: set[str](),
            LotSplit: {getattr(fact, "parent_lot_id", "")},
            LotsMerged: {parent.lot_id for parent in getattr(fact, "parents", ())},
        }.get(type(fact), named)
        is_packing = isinstance(fact, Packed | Shipped)
        if not needed <= lots or (is_packing and not inside <= units) or inside & gone:
            continue
        lots |= named if needed is not named else set()
        units |= inside
        if isinstance(fact, UnitsAssembled):
            gone |= inside - {fact.unit_id}
        elif isinstance(fact, UnitsScrapped):
            gone |= inside
        kept.append(event)
    return [event for event in events if event in kept]
