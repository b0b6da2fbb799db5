"""Section 5 of semantics.md: where dies are, which of them are suspect, and which contradict each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from twin.events.event import Event
from twin.events.substrate import (
    DiesTransferred,
    SubstrateMapped,
    SubstrateRegistered,
    UnitsAssembled,
    UnitsIdentified,
)
from twin.records.recall import WaferScope

Site = tuple[str, int, int]
"""A die is named after the site it left first."""


def claims(event: Event) -> list[tuple[Site, Site]]:
    """From site, to site; a die built into a unit goes to a site of its own."""
    fact = event.fact
    if isinstance(fact, DiesTransferred):
        return [((s, x, y), (fact.to_substrate_id, tx, ty)) for s, x, y, tx, ty in fact.transfers]
    if isinstance(fact, UnitsAssembled):
        return [
            ((c.substrate_id, c.x, c.y), (f"unit {fact.unit_id}", c.x, c.y))
            for c in fact.components
            if c.substrate_id is not None and c.x is not None and c.y is not None
        ]
    return []


@dataclass
class Sites:
    here: dict[Site, list[Site]] = field(default_factory=lambda: defaultdict(list))
    """The dies that stand on a site."""
    left: dict[Site, list[Site]] = field(default_factory=dict)
    """The dies that left a site last."""
    claimed: dict[tuple[Site, Site], set[Site]] = field(default_factory=lambda: defaultdict(set))
    """Where a die was said to go from a site."""
    used_twice: set[Site] = field(default_factory=set)
    two_dies: set[Site] = field(default_factory=set)

    def move(self, source: Site, target: Site) -> list[Site]:
        """The dies that a claim puts on its target; two claims of one die from one site must agree."""
        if self.here[source]:
            dies = list(self.here[source])
            self.here[source] = []
        else:
            dies = self.left.get(source, [source])
        for die in dies:
            self.claimed[die, source].add(target)
            if len(self.claimed[die, source]) > 1:
                self.used_twice.add(die)
        self.left[source] = dies
        self.here[target] += [die for die in dies if die not in self.here[target]]
        if len(self.here[target]) > 1 and not target[0].startswith("unit "):
            self.two_dies |= set(self.here[target])
        return dies


class Dies:
    """All counted claims looked through once for contradictions, then again along the walk."""

    def __init__(self, events: list[Event], wafer: WaferScope | None) -> None:
        self.wafer = wafer
        self.maps: dict[str, SubstrateMapped] = {}
        self.material: dict[str, str] = {}
        self.marked: Counter[str] = Counter()
        ahead = Sites()
        units: set[tuple[str, str]] = set()
        for event in events:
            fact = event.fact
            if isinstance(fact, SubstrateMapped):
                self.maps[fact.substrate_id] = fact
            elif isinstance(fact, SubstrateRegistered) and fact.material_lot_id is not None:
                self.material[fact.substrate_id] = fact.material_lot_id
            elif isinstance(fact, UnitsIdentified) and fact.substrate_id is not None:
                units |= {(fact.substrate_id, unit.unit_id) for unit in fact.units}
            for source, target in claims(event):
                ahead.move(source, target)
        self.marked.update(substrate for substrate, _ in units)
        self.used_twice, self.two_dies = ahead.used_twice, ahead.two_dies
        self.sites = Sites()
        self.suspect: set[tuple[Site, Site]] = set()
        """A die that left its wafer while suspect, and a site that it came to then."""

    def is_sound(self, die: Site) -> bool:
        return die not in self.used_twice | self.two_dies

    def place(self, event: Event, exposed: dict[str, int]) -> list[Site]:
        """The suspect dies that the event moves."""
        moved = []
        for source, target in claims(event):
            for die in self.sites.move(source, target):
                leaves = die == source and self._leaves_suspect(die, event.occurred_at, exposed)
                if leaves or (die, source) in self.suspect:
                    self.suspect.add((die, target))
                    moved.append(die)
        return moved

    def _leaves_suspect(self, die: Site, at: int, exposed: dict[str, int]) -> bool:
        material = self.material.get(die[0])
        if material is not None and exposed.get(material, at + 1) <= at:
            return True
        return self.wafer is not None and self.wafer.substrate_id == die[0] and self._in_scope(die)

    def _in_scope(self, die: Site) -> bool:
        scope = self.wafer
        assert scope is not None
        _, x, y = die
        for value, least, most in ((x, scope.x_min, scope.x_max), (y, scope.y_min, scope.y_max)):
            if (least is not None and value < least) or (most is not None and value > most):
                return False
        return scope.bins is None or self._bin(die) in scope.bins

    def _bin(self, die: Site) -> int | None:
        chart = self.maps.get(die[0])
        if chart is None:
            return None
        column, row = die[1] - (chart.first_x or 0), die[2] - (chart.first_y or 0)
        if not (0 <= column < chart.columns and 0 <= row < chart.rows):
            return None
        index = 2 * (row * chart.columns + column)
        return int.from_bytes(chart.bins[index : index + 2], "little")

    def level_at(self, sites: list[Site]) -> int:
        """2: a sound suspect die stands there; 1: a contradicted one; 0: none."""
        dies = {d for site in sites for d in self.sites.here.get(site, []) if (d, site) in self.suspect}
        return max((2 if self.is_sound(die) else 1 for die in dies), default=0)

    def level_of(self, unit: str, substrate: str | None, x: int | None, y: int | None) -> int:
        """What the unit's own dies make it."""
        own = self.level_at([site for site in self.sites.here if site[0] == f"unit {unit}"])
        if substrate is None:
            return own
        if x is not None and y is not None:
            return max(own, self.level_at([(substrate, x, y)]))
        there = self.level_at([site for site in self.sites.here if site[0] == substrate])
        return max(own, there if self.marked[substrate] <= 1 else min(there, 1))
