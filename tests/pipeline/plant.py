"""A small plant told in events, and what they add up to by plain arithmetic, without the product's folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

from tests import factory
from tests.factory import START
from twin.events.correction import EventVoided
from twin.events.equipment import EquipmentStateChanged
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import LotCreated, LotMoved, LotSplit, UnitsScrapped
from twin.events.material import MaterialConsumed
from twin.graph.session import Graph

UNITS = 1_000_000
STATES = ("STANDBY", "PRODUCTIVE", "UNSCHEDULED_DOWN", "ENGINEERING")
KINDS = ("scrap", "move", "state", "consume", "split", "hold", "void")

EVENTS: LiteralString = "MATCH (event:Event) RETURN event.event_id AS id"
LOTS: LiteralString = """
    MATCH (lot:Lot) WHERE lot.lot_id STARTS WITH 'LOT-'
    RETURN lot.lot_id AS id, lot.quantity AS quantity, lot.location_id AS place, lot.revision AS revision
"""
MACHINES: LiteralString = """
    MATCH (machine:Equipment) RETURN machine.equipment_id AS id, machine.state AS state,
           machine.revision AS revision
"""
USES: LiteralString = """
    MATCH (lot:Lot)-[used:CONSUMED]->(paste:MaterialLot)
    WHERE used.voided_at IS NULL RETURN used.event_id AS id
"""


@dataclass
class Story:
    """Makes events of a plant, each with a name of its own, from small numbers."""

    name: str
    lots: int = 6
    machines: int = 6
    told: list[Event] = field(default_factory=list)

    def begins(self) -> list[Event]:
        """The lots start; nothing else ever happens before that."""
        return [
            self._tell(factory.lot_created, lot_id=f"LOT-{self.name}-{n}", quantity=UNITS, occurred_at=START)
            for n in range(self.lots)
        ]

    def goes_on(self, kind: str, place: int, seconds: int) -> Event:
        """Something happens somewhere at some second, not always later than what was told before."""
        lot = f"LOT-{self.name}-{place % self.lots}"
        machine = f"M-{self.name}-{place % self.machines}"
        number = len(self.told)
        when = START + 1000 * (1 + seconds)
        if kind == "void":
            return self._void(place, when)
        child = {"lot_id": f"CHILD-{self.name}-{number}", "quantity": 1}
        hold_id, location_id = f"HOLD-{self.name}-{number}", f"RACK-{number}"
        of_lot: dict[str, tuple[factory.Builder, dict[str, Any]]] = {
            "scrap": (factory.units_scrapped, {"lot_id": lot}),
            "move": (factory.lot_moved, {"lot_id": lot, "location_id": location_id}),
            "consume": (factory.material_consumed, {"lot_id": lot, "quantity": 1}),
            "split": (factory.lot_split, {"parent_lot_id": lot, "children": [child]}),
            "hold": (factory.lot_held, {"lot_id": lot, "hold_id": hold_id}),
            "state": (
                factory.equipment_state_changed,
                {"equipment_id": machine, "state": STATES[number % len(STATES)]},
            ),
        }
        build, told = of_lot[kind]
        return self._tell(build, occurred_at=when, **told)

    def _void(self, place: int, when: int) -> Event:
        recent = self.told[-1 - place % 50 :]
        target = next(
            (event.event_id for event in recent if not isinstance(event.fact, LotCreated | EventVoided)),
            f"{self.name}-never-sent",
        )
        return self._tell(factory.event_voided, voided_event_id=target, occurred_at=when)

    def _tell(self, build: factory.Builder, **given: Any) -> Event:
        number = len(self.told)
        event = build(event_id=f"{self.name}-{number}", source=self.name, source_sequence=number + 1, **given)
        self.told.append(event)
        return event


@dataclass(eq=True)
class Twin:
    """What a plant's lots and machines are, as far as told."""

    lots: dict[str, dict[str, Any]] = field(default_factory=dict)
    machines: dict[str, dict[str, Any]] = field(default_factory=dict)
    uses: list[str] = field(default_factory=list)


def added_up(events: Sequence[Event]) -> Twin:
    """What events add up to, in the contract's order and whatever order they came in."""
    voided = {event.fact.voided_event_id for event in events if isinstance(event.fact, EventVoided)}
    counted = sorted(
        (event for event in events if event.event_id not in voided),
        key=lambda event: (event.occurred_at, event.source, event.source_sequence, event.event_id),
    )
    twin = Twin()
    for event in counted:
        fact = event.fact
        if isinstance(fact, EquipmentStateChanged):
            machine = twin.machines.setdefault(fact.equipment_id, {"state": None, "revision": 0})
            machine["revision"] += 1
            machine["state"] = fact.state.value
        elif not isinstance(fact, EventVoided):
            name = fact.parent_lot_id if isinstance(fact, LotSplit) else fact.lot_id  # type: ignore[attr-defined]
            lot = twin.lots.setdefault(name, {"quantity": 0, "place": None, "revision": 0})
            _of_lot(lot, fact)
            twin.uses += [event.event_id] if isinstance(fact, MaterialConsumed) else []
    twin.uses.sort()
    return twin


def _of_lot(lot: dict[str, Any], fact: Fact) -> None:
    lot["revision"] += 1
    match fact:
        case LotCreated():
            lot["quantity"] += fact.quantity
        case UnitsScrapped():
            lot["quantity"] -= fact.quantity or 0
        case LotSplit():
            lot["quantity"] -= sum(child.quantity for child in fact.children)
        case LotMoved():
            lot["place"] = fact.location_id


async def held_by(graph: Graph) -> tuple[Counter[str], Twin]:
    """The events that a graph holds, and the twin it shows."""
    ids = Counter([row["id"] for row in await graph.read(EVENTS)])
    lots = {row.pop("id"): row for row in await graph.read(LOTS) if row["revision"]}
    machines = {row.pop("id"): row for row in await graph.read(MACHINES) if row["revision"]}
    return ids, Twin(lots, machines, sorted(row["id"] for row in await graph.read(USES)))


def differences(expected: Twin, found: Twin) -> list[str]:
    """Where two twins differ, a line each; a lot of which nobody told that it began has no known quantity."""
    return [
        f"{name}: expected {mine}, found {theirs}"
        for name, mine, theirs in _pairs(expected, found)
        if mine != theirs
    ]


def applied_twice(expected: Twin, found: Twin) -> list[str]:
    """Lots and machines that more events have touched than there are."""
    more = (
        name
        for mine, theirs in ((expected.lots, found.lots), (expected.machines, found.machines))
        for name in mine.keys() & theirs.keys()
        if theirs[name]["revision"] > mine[name]["revision"]
    )
    return sorted(more)


def _pairs(expected: Twin, found: Twin) -> Iterable[tuple[str, Any, Any]]:
    for key in expected.lots.keys() | found.lots.keys():
        mine, theirs = expected.lots.get(key), found.lots.get(key)
        if mine is not None and theirs is not None and mine["quantity"] <= 0:
            theirs = {**theirs, "quantity": mine["quantity"]}
        yield key, mine, theirs
    for key in expected.machines.keys() | found.machines.keys():
        yield key, expected.machines.get(key), found.machines.get(key)
    yield "uses", expected.uses, found.uses
