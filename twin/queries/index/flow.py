"""One lot on a suspect's way: what meets it, what it carries, what it passes on (semantics.md section 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple, TypeAlias

from twin.events.event import OrderKey
from twin.lineage.arithmetic import NONE, Bounds, joined, taken
from twin.lineage.carrying import DEFINITE, POSSIBLE
from twin.queries.index.line import Christened, Key, Line, Out, Scrapped, Taken, Use
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
    shares: Shares | None


Arrival: TypeAlias = Meeting | Inflow | Use
"""A use of an exposed material lot is met as the line tells it: nothing has to be made for it."""

Shares: TypeAlias = tuple[Bounds, Bounds, Bounds]
"""What units carry that leave a lot, of its total, loose and plain accounts."""


class Flow:
    """What one lot carries, as far as its own steps have been walked.

    ``shared``: the places of uses whose run consumed another lot of what may be the same material. Bounds are
    kept as pairs of numbers: most of a recall's time would go into making them otherwise.
    """

    __slots__ = (
        "arrivals",
        "at",
        "cleaned",
        "high",
        "is_live",
        "levels",
        "line",
        "loose_high",
        "loose_low",
        "low",
        "named",
        "next",
        "parts",
        "plain_high",
        "plain_low",
        "scrapped",
        "shared",
        "since",
        "touched",
        "unitless",
    )

    def __init__(self, line: Line, arrivals: list[Arrival], shared: Collection[int]) -> None:
        self.line = line
        self.at = self.next = 0
        self.arrivals, self.shared = arrivals, shared
        self.is_live = self.touched = False
        self.since = 0
        self.low = self.high = self.loose_low = self.loose_high = self.plain_low = self.plain_high = 0
        self.scrapped = NONE
        self.unitless: Instant | None = None
        self.levels = [0] * len(line.cohorts) if line.cohorts else _NO_LEVELS
        self.cleaned: tuple[Key, ...] = ()
        self.named: tuple[tuple[int, Key], ...] = ()
        self.parts: tuple[tuple[Taken, int, int], ...] = ()

    def walk(self, until: int) -> None:
        """Walk the steps before a number, and what arrives on the way."""
        steps, arrivals = self.line.steps, self.arrivals
        for number in range(self.at, until):
            step = steps[number]
            if self.next < len(arrivals):
                self.arrive(step.place)
            if type(step) is Taken:
                if self.is_live:
                    self._pack(step)
            elif type(step) is Scrapped:
                self._scrap(step)
            elif type(step) is Christened:
                self._christen(step)
        self.at = max(self.at, until)

    def finish(self) -> None:
        """Walk all that is left."""
        self.walk(len(self.line.steps))
        while self.next < len(self.arrivals):
            self._take_in(self.arrivals[self.next])
            self.next += 1

    def links(self) -> Iterator[Arrival]:
        """What arrived and mattered, in its order; a known lot without units met nothing."""
        for arrival in self.arrivals:
            if isinstance(arrival, Inflow) or arrival.loose > 0 or not self.line.is_known:
                yield arrival

    def meetings(self) -> Iterator[Meeting | Use]:
        """Those by which units of the lot met the suspect where they were."""
        for arrival in self.arrivals:
            if not isinstance(arrival, Inflow) and arrival.loose > 0:
                yield arrival

    def arrive(self, place: int) -> None:
        """Take in what arrives up to a place, that at the place itself included."""
        arrivals = self.arrivals
        while self.next < len(arrivals) and arrivals[self.next].place <= place:
            self._take_in(arrivals[self.next])
            self.next += 1

    def leave(self, step: Out) -> Shares | None:
        """Units go to another lot: their share of the total, loose and plain accounts; None when clean."""
        if not self.is_live:
            return None
        shares = self._take(step)
        self._settle(step.order)
        return shares if shares[0][1] > 0 else None

    def _take(self, step: Out | Scrapped) -> Shares:
        """Units leave all three accounts; accounts that are alike are reckoned once."""
        before = self.low, self.high
        total, (self.low, self.high) = taken(step.total, before, step.quantity)
        loose = plain = total
        if (self.plain_low, self.plain_high) == before:
            self.plain_low, self.plain_high = self.low, self.high
        else:
            plain, left = taken(step.total, (self.plain_low, self.plain_high), step.quantity)
            self.plain_low, self.plain_high = left
        if (self.loose_low, self.loose_high) == before and step.loose == step.total:
            self.loose_low, self.loose_high = self.low, self.high
        else:
            loose, left = taken(step.loose, (self.loose_low, self.loose_high), step.quantity)
            self.loose_low, self.loose_high = left
        return total, loose, plain

    def _pack(self, step: Taken) -> None:
        (low, high), left = taken(step.loose, (self.loose_low, self.loose_high), step.quantity)
        self.loose_low, self.loose_high = left
        self.parts += ((step, low, high),)

    def _take_in(self, arrival: Arrival) -> None:
        if type(arrival) is Use:
            low = 1 if arrival.place in self.shared else arrival.loose
            self._meet(arrival, arrival.order[0], low)
        elif type(arrival) is Inflow:
            self._load(arrival.at)
            if arrival.shares is not None:
                total, loose, plain = arrival.shares
                self.low += total[0]
                self.high += total[1]
                self.loose_low += loose[0]
                self.loose_high += loose[1]
                self.plain_low += plain[0]
                self.plain_high += plain[1]
        elif type(arrival) is Meeting:
            low = arrival.loose if arrival.low is None else min(arrival.low, arrival.loose)
            self._meet(arrival, arrival.at, low)

    def _meet(self, met: Meeting | Use, at: int, low: int) -> None:
        """All loose units, or between ``low`` and all of them, meet the suspect."""
        loose, units = met.loose, met.total
        if loose == 0:
            if not self.line.is_known and self.unitless is None:
                self.unitless = Instant(at)
            return
        self._load(at)
        self.loose_low = max(self.loose_low, low)
        self.loose_high = max(self.loose_high, loose)
        self.low = max(self.low, low)
        self.plain_low = max(self.plain_low, low)
        if loose == units:
            self.low, self.high = self.loose_low, self.loose_high
            self.plain_high = max(self.plain_high, loose)
        else:
            self.high = min(units, self.high + loose)
            self.plain_high = min(units, self.plain_high + loose)
        if self.levels:
            self._meet_units(met.place, DEFINITE if low == loose else POSSIBLE)

    def _load(self, at: int) -> None:
        if not self.is_live:
            self.is_live = self.touched = True
            self.since = at
            self.low = self.high = self.loose_low = self.loose_high = self.plain_low = self.plain_high = 0

    def _meet_units(self, place: int, level: int) -> None:
        levels = self.levels
        for number, cohort in enumerate(self.line.cohorts):
            for stay in cohort.stays:
                if stay.start < place <= stay.end:
                    levels[number] = max(levels[number], level if stay.certain else POSSIBLE)

    def _christen(self, step: Christened) -> None:
        if not self.is_live:
            return
        low, high = (self.plain_low, self.plain_high) if step.on_substrate else (self.low, self.high)
        level = DEFINITE if 0 < low == step.total else POSSIBLE if high > 0 else 0
        if level:
            self.named += ((step.cohort, (step.order, 0)),)
            self.levels[step.cohort] = max(self.levels[step.cohort], level)

    def _scrap(self, step: Scrapped) -> None:
        out: Bounds = NONE
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
        if self.is_live and self.high == 0:
            self.is_live = False
            self.cleaned += ((order, 0),)
