"""One lot on a suspect's way: what meets it, what it carries, what it passes on (semantics.md section 4)."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from twin.events.event import OrderKey
from twin.lineage.arithmetic import NONE, Bounds, exposed, exposed_in_part, joined, taken
from twin.lineage.carrying import DEFINITE, POSSIBLE
from twin.queries.index.line import Christened, Key, Line, Out, Scrapped, Taken
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing

FIRST: Final[Key] = ((-(2**62), "", 0, ""), 0)
"""Before every event."""

LAST: Final[Key] = ((2**62, "", 0, ""), 0)
"""After every event."""

_NO_LEVELS: Final[list[int]] = []


class Meeting(NamedTuple):
    """The loose units meet the suspect; ``low`` None means all of them. ``told`` is the event behind it."""

    place: int
    key: Key
    at: Instant
    source: Thing
    relation: str
    told: OrderKey
    low: int | None
    total: int
    loose: int


class Inflow(NamedTuple):
    """Units came from another lot, with what they carry of its accounts."""

    place: int
    key: Key
    at: Instant
    source: Thing
    relation: str
    told: OrderKey
    shares: tuple[Bounds, Bounds, Bounds] | None


Arrival: TypeAlias = Meeting | Inflow


class Flow:
    """What one lot carries, as far as its own steps have been walked."""

    __slots__ = (
        "arrivals",
        "at",
        "cleaned",
        "is_live",
        "levels",
        "line",
        "links",
        "loose",
        "met",
        "named",
        "next",
        "parts",
        "plain",
        "scrapped",
        "since",
        "total",
        "touched",
        "unitless",
    )

    def __init__(self, line: Line) -> None:
        self.line = line
        self.at = self.next = 0
        self.arrivals: list[Arrival] = []
        self.is_live = self.touched = False
        self.since = Instant(0)
        self.total = self.loose = self.plain = self.scrapped = NONE
        self.unitless: Instant | None = None
        self.levels = [0] * len(line.cohorts) if line.cohorts else _NO_LEVELS
        self.links: list[Arrival] = []
        self.cleaned: tuple[Key, ...] = ()
        self.met: tuple[tuple[int, Key], ...] = ()
        self.named: tuple[tuple[int, Key], ...] = ()
        self.parts: tuple[tuple[Taken, Bounds], ...] = ()

    def walk(self, until: int) -> None:
        """Walk the steps before a number, and what arrives on the way."""
        steps = self.line.steps
        while self.at < until:
            step = steps[self.at]
            self.arrive(step.place)
            self.at += 1
            if type(step) is Taken:
                if self.is_live:
                    out, self.loose = taken(step.loose, self.loose, step.quantity)
                    self.parts += ((step, out),)
            elif type(step) is Scrapped:
                self._scrap(step)
            elif type(step) is Christened:
                self._christen(step)

    def finish(self) -> None:
        """Walk all that is left."""
        self.walk(len(self.line.steps))
        while self.next < len(self.arrivals):
            self._take_in(self.arrivals[self.next])
            self.next += 1

    def arrive(self, place: int) -> None:
        """Take in what arrives up to a place, that at the place itself included."""
        arrivals = self.arrivals
        while self.next < len(arrivals) and arrivals[self.next].place <= place:
            self._take_in(arrivals[self.next])
            self.next += 1

    def leave(self, step: Out) -> tuple[Bounds, Bounds, Bounds] | None:
        """Units go to another lot: their share of the total, loose and plain accounts; None when clean."""
        if not self.is_live:
            return None
        total, loose, plain = self._take(step)
        self._settle(step.order)
        return (total, loose, plain) if total.high > 0 else None

    def _take(self, step: Out | Scrapped) -> tuple[Bounds, Bounds, Bounds]:
        """Units leave all three accounts; accounts that are alike are reckoned once."""
        before = self.total
        total, self.total = taken(step.total, before, step.quantity)
        loose, plain = total, total
        if self.plain == before:
            self.plain = self.total
        else:
            plain, self.plain = taken(step.total, self.plain, step.quantity)
        if self.loose == before and step.loose == step.total:
            self.loose = self.total
        else:
            loose, self.loose = taken(step.loose, self.loose, step.quantity)
        return total, loose, plain

    def _take_in(self, arrival: Arrival) -> None:
        if type(arrival) is Inflow:
            self._load(arrival)
            total, loose, plain = arrival.shares or (NONE, NONE, NONE)
            self.total = joined(self.total, total)
            self.loose = joined(self.loose, loose)
            self.plain = joined(self.plain, plain)
        elif type(arrival) is Meeting:
            self._meet(arrival)

    def _meet(self, met: Meeting) -> None:
        if met.loose == 0:
            if not self.line.is_known:
                if self.unitless is None:
                    self.unitless = met.at
                self.links.append(met)
            return
        low, total, loose = met.low, met.total, met.loose
        bounds = Bounds(loose if low is None else min(low, loose), loose)
        self._load(met)
        self.loose = exposed(self.loose, bounds)
        if loose == total:
            self.total = self.loose
            self.plain = exposed(self.plain, bounds)
        else:
            self.total = exposed_in_part(total, self.total, bounds)
            self.plain = exposed_in_part(total, self.plain, bounds)
        if self.levels:
            self._meet_units(met.place, met.key, DEFINITE if bounds.low == loose else POSSIBLE)

    def _load(self, arrival: Arrival) -> None:
        self.links.append(arrival)
        if not self.is_live:
            self.is_live = self.touched = True
            self.since = arrival.at
            self.total = self.loose = self.plain = NONE

    def _meet_units(self, place: int, key: Key, level: int) -> None:
        levels = self.levels
        self.met += ((place, key),)
        for number, cohort in enumerate(self.line.cohorts):
            for stay in cohort.stays:
                if stay.start < place <= stay.end:
                    levels[number] = max(levels[number], level if stay.certain else POSSIBLE)

    def _christen(self, step: Christened) -> None:
        if not self.is_live:
            return
        start = self.plain if step.on_substrate else self.total
        level = DEFINITE if 0 < start.low == step.total else POSSIBLE if start.high > 0 else 0
        if level:
            self.named += ((step.cohort, (step.order, 0)),)
            self.levels[step.cohort] = max(self.levels[step.cohort], level)

    def _scrap(self, step: Scrapped) -> None:
        out = NONE
        if self.is_live:
            out, _, _ = self._take(step)
        if step.counted is not None:
            out = self.counted(step.counted)
        if out.high > 0:
            self.scrapped = joined(self.scrapped, out)
        self._settle(step.order)

    def counted(self, cohorts: tuple[tuple[int, int], ...]) -> Bounds:
        """The bounds of named units by what each of them carries."""
        return Bounds(
            sum(size for cohort, size in cohorts if self.levels[cohort] == DEFINITE),
            sum(size for cohort, size in cohorts if self.levels[cohort] > 0),
        )

    def _settle(self, order: OrderKey) -> None:
        if self.is_live and self.total.high == 0:
            self.is_live = False
            self.cleaned += ((order, 0),)
