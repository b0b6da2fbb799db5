"""Which die went where, and which claims contradict each other (semantics.md section 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from twin.events.event import Event
from twin.events.substrate import DiesTransferred
from twin.folds.step import Placing, Site

IN_UNIT: Final = "\0"
"""How the name of a place begins that is a unit itself, built of any number of dies; no substrate's does."""

_SUBSTRATE: Final = itemgetter(0)


@dataclass(frozen=True, slots=True)
class DieConflict:
    """Two transfers that cannot both be true."""

    code: str
    die: Site
    site: Site
    event: Event


class Transfer:
    """The dies that an event moved onto a substrate; which ones they are is worked out when somebody asks."""

    __slots__ = ("_dies", "event", "lot_id", "new", "placings")

    def __init__(self, dies: Dies, event: Event, lot_id: str | None) -> None:
        self._dies, self.event, self.lot_id = dies, event, lot_id
        self.placings: tuple[Placing, ...] = ()
        self.new: tuple[list[Site], list[Site]] | None = None

    def placed(self) -> tuple[Placing, ...]:
        """Each die that came to a site."""
        self._dies.settle()
        if self.new is not None:
            ends = zip(*self.new, strict=True)
            self.placings = tuple(Placing(die, die[0], site, fresh=True) for die, site in ends)
            self.new = None
        return self.placings


class Dies:
    """Every moved die: its first known site is its name."""

    def __init__(self) -> None:
        self._waiting: list[Transfer] = []
        self.on: dict[Site, list[Site]] = {}
        self.placed_on: dict[str, dict[Site, list[tuple[Site, Event]]]] = {}
        self.conflicts: list[DieConflict] = []
        self.in_conflict: set[Site] = set()
        self.went: dict[Site, list[tuple[Site, Event]]] = {}
        self._gone: dict[Site, list[Site]] = {}
        self._claims: dict[tuple[Site, Site], list[Site]] = {}
        self._lot: dict[Site, str | None] = {}
        self._begun_in: dict[str, str | None] = {}

    def later(self, event: Event, lot_id: str | None) -> Transfer:
        """Dies come to a substrate: most questions are about none of them, so they wait until one is."""
        transfer = Transfer(self, event, lot_id)
        self._waiting.append(transfer)
        return transfer

    def settle(self) -> None:
        """Move all dies that wait, in the order of their events."""
        waiting, self._waiting = self._waiting, []
        for transfer in waiting:
            fact = transfer.event.fact
            assert isinstance(fact, DiesTransferred)  # noqa: S101 - nothing else waits
            target, moved = fact.to_substrate_id, list(fact.transfers)
            dies: list[Site] = [row[:3] for row in moved]
            sites: list[Site] = [(target, *row[3:]) for row in moved]
            if self._are_new(dies, sites):
                self._begin_all(dies, sites, transfer.lot_id, transfer.event)
                transfer.new = dies, sites
            else:
                rows = zip(dies, sites, strict=True)
                transfer.placings = tuple(self.move(rows, transfer.lot_id, transfer.event))

    def _are_new(self, dies: list[Site], sites: list[Site]) -> bool:
        """Whether nobody moved any of these dies before, and their substrates hold none that were moved."""
        left = set(map(_SUBSTRATE, dies))
        named = set(dies)
        return (
            len(named) == len(dies)
            and len(set(sites)) == len(sites) > 0
            and sites[0][0] not in left
            and sites[0][0] not in self.placed_on
            and left.isdisjoint(self.placed_on)
            and self.went.keys().isdisjoint(named)
        )

    def _begin_all(self, dies: list[Site], sites: list[Site], lot_id: str | None, event: Event) -> None:
        """The same as beginning one by one, of dies that nobody moved to a substrate that none came to."""
        self.on.update(zip(sites, ([die] for die in dies), strict=True))
        self.placed_on[sites[0][0]] = dict(zip(sites, ([(die, event)] for die in dies), strict=True))
        self.went.update(zip(dies, ([(site, event)] for site in sites), strict=True))
        self._begun_in[event.event_id] = lot_id

    def _is_from(self, die: Site, lot_id: str | None) -> bool:
        """Whether a die came into this lot when it was moved last."""
        if die in self._lot:
            return self._lot[die] == lot_id
        if die not in self.went:
            return False
        return self._begun_in[self.went[die][0][1].event_id] == lot_id

    def move(self, rows: Iterable[tuple[Site, Site]], lot_id: str | None, event: Event) -> list[Placing]:
        """Dies go from site to site, into a lot; a repeated row changes nothing."""
        placings: list[Placing] = []
        on, gone, went = self.on, self._gone, self.went
        for source, target in rows:
            if not (source in went or source in on or source in gone or target in on):
                self._begin(source, target, lot_id, event)
                placings.append(Placing(source, source[0], target, fresh=True))
                continue
            for die in self._dies_at(source):
                self._claim(die, source, target, event)
                fresh = not self._is_from(die, lot_id)
                self._occupy(die, source, target, event)
                self._lot[die] = lot_id
                placings.append(Placing(die, source[0], target, fresh))
        return placings

    def _begin(self, die: Site, target: Site, lot_id: str | None, event: Event) -> None:
        """A die that nobody moved before comes to a site that nobody put one on: as most do."""
        self.on[target] = [die]
        self.placed_on.setdefault(target[0], {}).setdefault(target, []).append((die, event))
        self.went[die] = [(target, event)]
        self._lot[die] = lot_id

    def _dies_at(self, source: Site) -> list[Site]:
        return list(self.on.get(source) or self._gone.get(source) or [source])

    def _claim(self, die: Site, source: Site, target: Site, event: Event) -> None:
        targets = self._claims.get((die, source))
        if targets is None:
            begun = [self.went[die][0][0]] if die == source and die in self.went else []
            targets = self._claims[die, source] = begun
        if target in targets:
            return
        targets.append(target)
        if len(targets) > 1:
            for site in targets:
                self._conflict("die.used_twice", die, site, event)

    def _occupy(self, die: Site, source: Site, target: Site, event: Event) -> None:
        if source in self.on:
            self._gone[source] = self.on.pop(source)
        here = self.on.setdefault(target, [])
        if die in here:
            return
        here.append(die)
        if len(here) > 1 and not target[0].startswith(IN_UNIT):
            for other in here:
                self._conflict("site.two_dies", other, target, event)
        self.placed_on.setdefault(target[0], {}).setdefault(target, []).append((die, event))
        self.went.setdefault(die, []).append((target, event))

    def _conflict(self, code: str, die: Site, site: Site, event: Event) -> None:
        self.in_conflict.add(die)
        self.conflicts.append(DieConflict(code, die, site, event))
