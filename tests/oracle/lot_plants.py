"""Random plants of lots, material lots, machines and goods: small and nasty."""

from __future__ import annotations

from random import Random
from typing import Any

from tests import factory
from twin.events.event import Event
from twin.vocabulary.instants import Instant

MINUTE = 60_000
OPERATIONS = ("BOND", "CURE", "TEST")
MACHINES = ("E1", "E2")
POSITIONS = (None, None, "A", "B")
OPERATORS = (None, "op-1", "op-2")
RECIPES = ((None, None), ("R", "1"), ("R", "2"))
MATERIAL_LOTS = ("P1", "P2", "P3", "P4", "Q1", "MX1", "MX2")
TOOLS = ("T1", "T2")


class LotPlant:
    punctual: frozenset[str] = frozenset()
    """Facts whose clock is never wrong."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.minute = 0
        self.events: list[Event] = []
        self.lots: list[str] = []
        self.containers = ["C1", "C2", "C3"]
        self.last_run: dict[str, tuple[str, str]] = {}
        self.named = self.told = 0

    def pick(self, options: Any) -> Any:
        return self.random.choice(list(options))

    def tell(self, build: factory.Builder, **given: Any) -> Event:
        """One event, a little later or at the same moment; sometimes its clock is wrong."""
        rng = self.random
        self.told += 1
        self.minute += rng.choice((0, 0, 1, 1, 2))
        skewed = build.__name__ not in self.punctual and rng.random() < 0.07
        minute = max(0, self.minute - rng.randint(1, 12)) if skewed else self.minute
        made = build(
            **{key: value for key, value in given.items() if value is not None},
            event_id=f"e{self.told:03d}-{rng.randint(0, 99):02d}",
            occurred_at=factory.START + minute * MINUTE,
            source=rng.choice(("mes", "mes", "wms")),
            source_sequence=rng.choice((None, None, len(self.events), rng.randint(0, 50))),
        )
        self.events.append(made)
        return made

    def new_lot(self) -> str:
        self.named += 1
        return f"L{self.named}"

    def grow(self, length: int) -> list[Event]:
        self.start()
        steps: list[tuple[int, Any]] = self.steps()
        weights = [weight for weight, _ in steps]
        while len(self.events) < length:
            step = self.random.choices([s for _, s in steps], weights)[0]
            step()
        self.correct()
        return self.recorded()

    def start(self) -> None:
        if self.random.random() < 0.8:
            self.tell(factory.order_received, order_id="O1", customer_id="K1")
        if self.random.random() < 0.8:
            self.tell(factory.order_received, order_id="O2", customer_id="K2")
        if self.random.random() < 0.5:
            self.tell(factory.material_defined, material_id="PASTE", aliases=["GLUE", "KLEBER"])
        for _ in range(2):
            self.create()

    def steps(self) -> list[tuple[int, Any]]:
        return [
            (3, self.create),
            (9, self.track_in),
            (7, self.track_out),
            (1, self.cancel),
            (10, self.consume),
            (2, self.receive),
            (2, self.mix),
            (7, self.split),
            (5, self.merge),
            (4, self.scrap),
            (5, self.pack),
            (3, self.ship),
            (2, self.finish),
            (2, self.tool),
        ]

    def some_lot(self) -> str:
        if not self.lots or self.random.random() < 0.03:
            stranger = f"X{self.random.randint(1, 2)}"
            self.lots.append(stranger)
        return str(self.pick(self.lots))

    def create(self) -> None:
        name = self.some_lot() if self.random.random() < 0.15 else self.new_lot()
        self.lots.append(name)
        order = self.pick((None, "O1", "O2", "O3"))
        self.tell(factory.lot_created, lot_id=name, quantity=self.random.randint(1, 12), order_id=order)

    def place(self) -> dict[str, Any]:
        lot = self.some_lot()
        if lot in self.last_run and self.random.random() < 0.7:
            operation, machine = self.last_run[lot]
        else:
            operation, machine = self.pick(OPERATIONS[:2]), self.pick(MACHINES)
        return {"lot_id": lot, "operation": operation, "equipment_id": machine}

    def track_in(self) -> None:
        lot, operation, machine = self.some_lot(), self.pick(OPERATIONS), self.pick(MACHINES)
        self.last_run[lot] = (operation, machine)
        recipe, version = self.pick(RECIPES)
        self.tell(
            factory.lot_tracked_in,
            lot_id=lot,
            operation=operation,
            equipment_id=machine,
            position=self.pick(POSITIONS),
            operator_id=self.pick(OPERATORS),
            recipe_id=recipe,
            recipe_version=version,
        )

    def track_out(self) -> None:
        scrap = self.pick((0, 0, 1, 3))
        self.tell(
            factory.lot_tracked_out, **self.place(), good=1, scrap=scrap, operator_id=self.pick(OPERATORS)
        )

    def cancel(self) -> None:
        self.tell(factory.track_in_cancelled, **self.place())

    def consume(self) -> None:
        given = self.place()
        if self.random.random() < 0.4:
            del given["equipment_id"]
        self.tell(
            factory.material_consumed,
            **given,
            material_lot_id=self.pick(MATERIAL_LOTS),
            material_id=None,
        )

    def receive(self) -> None:
        name = self.pick(("P1", "P2", "P3", "Q1"))
        material = {"P1": "PASTE", "P2": "PASTE", "P3": "GLUE", "Q1": "WIRE"}[name]
        self.tell(factory.material_lot_received, material_lot_id=name, material_id=material)

    def mix(self) -> None:
        inputs = self.random.sample(MATERIAL_LOTS, 2)
        into = self.pick(("MX1", "MX2"))
        self.tell(
            factory.material_mixed,
            material_lot_id=into,
            material_id="MIX" if into == "MX1" else "PASTE",
            inputs=[{"material_lot_id": m, "quantity": 1, "unit": "G"} for m in inputs],
        )

    def split(self) -> None:
        parent = self.some_lot()
        children = []
        for _ in range(self.pick((1, 1, 2, 3))):
            known = [lot for lot in self.lots if lot != parent]
            child = self.pick(known) if known and self.random.random() < 0.15 else self.new_lot()
            children.append({"lot_id": child, "quantity": self.random.randint(1, 5)})
        self.lots += [str(child["lot_id"]) for child in children]
        self.tell(factory.lot_split, parent_lot_id=parent, children=children)

    def merge(self) -> None:
        parents = [self.some_lot() for _ in range(self.pick((1, 2, 2, 3)))]
        into = self.some_lot() if self.random.random() < 0.5 else self.new_lot()
        if all(p == into for p in parents):
            return
        self.lots.append(into)
        rows = [{"lot_id": p, "quantity": self.random.randint(1, 6)} for p in dict.fromkeys(parents)]
        self.tell(factory.lots_merged, into_lot_id=into, parents=rows)

    def scrap(self) -> None:
        self.tell(factory.units_scrapped, lot_id=self.some_lot(), quantity=self.random.randint(1, 4))

    def contents(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for _ in range(self.pick((1, 1, 2))):
            if self.random.random() < 0.35:
                rows.append({"container_id": self.pick(self.containers)})
            else:
                rows.append({"lot_id": self.some_lot(), "quantity": self.random.randint(1, 5)})
        return rows

    def pack(self) -> None:
        container = self.pick(self.containers)
        rows = [row for row in self.contents() if row.get("container_id") != container]
        if rows:
            self.tell(factory.packed, container_id=container, contents=rows)

    def ship(self) -> None:
        number = self.random.randint(1, 4)
        contents = self.contents()
        self.tell(
            factory.shipped,
            shipment_id=f"S{number}",
            customer_id=f"K{1 + number // 2}",
            order_id=(None, "O1", "O2", None)[number - 1],
            contents=contents,
        )
        if any("container_id" in row for row in contents) and self.random.random() < 0.6:
            self.containers = [f"C{self.told}{letter}" for letter in "ABC"]

    def finish(self) -> None:
        build = self.pick((factory.lot_completed, factory.lot_completed, factory.lot_cancelled))
        self.tell(build, lot_id=self.some_lot())

    def tool(self) -> None:
        build = self.pick((factory.tool_mounted, factory.tool_mounted, factory.tool_unmounted))
        self.tell(
            build, tool_id=self.pick(TOOLS), equipment_id=self.pick(MACHINES), position=self.pick(("A", "B"))
        )

    def correct(self) -> None:
        """Sometimes events are lost, or taken back."""
        for _ in range(self.pick((0, 0, 1, 2))):
            self.events.pop(self.random.randrange(len(self.events)))
        for _ in range(self.pick((0, 1, 1, 2))):
            self.tell(factory.event_voided, voided_event_id=self.pick(self.events).event_id)

    def recorded(self) -> list[Event]:
        """In the order of arrival, which is not that of the factory."""
        arrived = sorted(enumerate(self.events), key=lambda row: row[0] + self.random.uniform(0, 6))
        return [
            Event(
                event_id=e.event_id,
                source=e.source,
                occurred_at=e.occurred_at,
                fact=e.fact,
                source_sequence=e.source_sequence,
                recorded_at=Instant(number),
            )
            for number, (_, e) in enumerate(arrived, 1)
        ]


def lot_plant(seed: int) -> list[Event]:
    return LotPlant(seed).grow(14 + seed % 31)
