"""Concrete worlds that the events of a plant allow: every unit is one, and carries the suspect or not."""

from __future__ import annotations

from random import Random

from tests.oracle.accounts import Pair, Part
from tests.oracle.timeline import counted
from tests.oracle.walk import Walk
from twin.events.event import Event
from twin.records.recall import RecallScope


class World(Walk):
    """Chance settles what the events leave open: who is taken, and who gets the suspect."""

    def __init__(self, events: list[Event], scope: RecallScope, as_of: int | None, seed: int) -> None:
        super().__init__(events, scope, as_of)
        self.random = Random(seed)
        self.here: dict[str, list[list[bool]]] = {}
        """The loose units of each lot; a unit is a box with one answer."""
        self.gone: dict[str, list[tuple[str, list[list[bool]]]]] = {}
        """SCRAPPED or PART, and the units, by lot."""
        self.held: list[tuple[Part, list[list[bool]]]] = []
        self.moving: list[list[bool]] = []

    def units(self, lot_id: str) -> list[list[bool]]:
        here = self.here.setdefault(lot_id, [])
        while len(here) < self.lot(lot_id).loose.n:
            here.append([False])
        return here

    def pull(self, lot_id: str, q: int) -> list[list[bool]]:
        here = self.units(lot_id)
        self.random.shuffle(here)
        taken, self.here[lot_id] = here[:q], here[q:]
        return taken

    def apply(self, lot_id: str, low_r: int, at: int) -> None:
        here = self.units(lot_id)
        least = min(low_r, len(here))
        for unit in self.random.sample(here, self.random.randint(least, len(here))):
            unit[0] = True
        super().apply(lot_id, low_r, at)

    def take(self, lot_id: str, q: int, event: Event) -> list[Pair]:
        self.moving = self.pull(lot_id, q)
        return super().take(lot_id, q, event)

    def move(self, source: str, target: str, q: int, event: Event) -> None:
        waiting = list(self.units(target))
        super().move(source, target, q, event)
        self.here[target] = waiting + self.moving

    def part(self, lot_id: str, q: int, holder: tuple[str, str], event: Event) -> Part:
        taken = self.pull(lot_id, q)
        part = super().part(lot_id, q, holder, event)
        self.held.append((part, taken))
        return part

    def _scrapped(self, event: Event) -> None:
        super()._scrapped(event)
        self._bury(event)

    def _tracked_out(self, event: Event) -> None:
        self.moving = []
        super()._tracked_out(event)
        self._bury(event)

    def _bury(self, event: Event) -> None:
        lot_id: str = event.fact.lot_id  # type: ignore[attr-defined]
        self.gone.setdefault(lot_id, []).append(("SCRAPPED", self.moving))

    def carrying(self) -> dict[str, int]:
        """How many units of each lot, container's part or shipment carry the suspect, by a name."""
        found: dict[str, int] = {}
        for lot_id in self.lots:
            loose = _sick(self.units(lot_id))
            parts = [(part, _sick(units)) for part, units in self.held if part.lot == lot_id]
            shipped = sum(n for part, n in parts if part.holder[0] == "SHIPMENT")
            packed = sum(n for part, n in parts if part.holder[0] != "SHIPMENT")
            found[f"lot {lot_id}"] = loose + shipped + packed
            found[f"lot {lot_id} SHIPPED"] = shipped
            found[f"lot {lot_id} STOCK"] = packed + (loose if self.lot(lot_id).stage == "IN_STOCK" else 0)
            found[f"lot {lot_id} SCRAPPED"] = sum(_sick(u) for _, u in self.gone.get(lot_id, []))
        for part, units in self.held:
            if part.holder[0] == "SHIPMENT":
                name = f"shipment {part.holder[1]}"
                found[name] = found.get(name, 0) + _sick(units)
        return found


def _sick(units: list[list[bool]]) -> int:
    return sum(1 for unit in units if unit[0])


def balanced(events: list[Event]) -> list[Event]:
    """The counted events without those that take more than there is: no world fits them."""
    chosen = counted(events, None, None)
    while True:
        walk = Walk(chosen, None, None).run()
        wrong = next((e for code, _, e in walk.findings if code == "quantity.imbalance"), None)
        if wrong is None:
            return chosen
        chosen = [event for event in chosen if event.event_id != wrong]
