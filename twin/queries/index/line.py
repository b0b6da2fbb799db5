"""What the index keeps of each thing: worked out once from its own events, enough for every recall.

A line holds nothing of any suspect. ``place`` is an event's place among the events of that one lot;
``order`` is its place among all events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple, TypeAlias

from msgspec import Struct

from twin.events.event import Event, OrderKey
from twin.events.material import MaterialMixed
from twin.events.substrate import UnitsAssembled
from twin.queries.index.resting import Resting
from twin.records import material as records
from twin.records.recall import LineageFinding
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Disposition

Key: TypeAlias = tuple[OrderKey, int]
"""A place among all events; 1 is right after the event."""

Told: TypeAlias = tuple[OrderKey, int, LineageFinding]
"""A finding with the event that raised it, and its number among those of the event."""


_ALL_ASLEEP: Final = 600
"""Bytes of a lot whose line is packed, without what is packed: its places in tables, empty fields."""

_EVENT: Final = 900
"""Bytes of an event with a fact of a few fields."""

_PART: Final = 150
"""Bytes of each thing that went into a unit or mixture, more than that."""


class Out(Struct, frozen=True, array_like=True, tag=0, gc=False):
    """Units left the lot for another one; the amounts are those just before."""

    place: int
    order: OrderKey
    total: int
    loose: int
    quantity: int
    target: str
    relation: str
    number: int


class Scrapped(Struct, frozen=True, array_like=True, tag=1, gc=False):
    """Units of the lot were thrown away; ``counted`` tells how many of which cohort, when all are named."""

    place: int
    order: OrderKey
    total: int
    loose: int
    quantity: int
    counted: tuple[tuple[int, int], ...] | None


class Taken(Struct, frozen=True, array_like=True, tag=2, gc=False):
    """Units of the lot were packed or shipped."""

    place: int
    order: OrderKey
    loose: int
    quantity: int
    container: str | None
    shipment: str | None


class Christened(Struct, frozen=True, array_like=True, tag=3, gc=False):
    """A cohort of units got its names."""

    place: int
    order: OrderKey
    total: int
    on_substrate: bool
    cohort: int


Step: TypeAlias = Out | Scrapped | Taken | Christened


class Use(NamedTuple):
    """The lot used part of a material lot; ``others`` are what else that run consumed."""

    place: int
    order: OrderKey
    material_lot: str
    others: tuple[str, ...]
    total: int
    loose: int


class Stay(NamedTuple):
    """A cohort lay loose in the lot between two places, for sure or possibly; which event says so."""

    start: int
    end: int
    certain: bool
    order: OrderKey


class Cohort(NamedTuple):
    """Units of a lot that went through the same; ``names`` are joined by a character that no name holds."""

    names: str
    size: int
    stays: tuple[Stay, ...]
    christened: OrderKey | None
    named: OrderKey
    is_listed: bool
    in_doubt: bool
    is_scrapped: bool


class Stretch(NamedTuple):
    """An operation run as recall seeds need it."""

    equipment_id: str
    position: str | None
    operators: tuple[str, ...]
    recipe: tuple[str, str] | None
    started_at: Instant | None
    ended_at: Instant | None
    first_at: Instant
    last_at: Instant
    place: int
    order: OrderKey


class Derived(NamedTuple):
    """Where a lot's orders come from: its creation (``order_id``), or a parent at some moment."""

    order: OrderKey
    parent: str | None
    order_id: str | None


@dataclass(frozen=True, slots=True)
class Line(Resting):
    """One lot: its units and steps, what it used, its runs, what does not fit.

    ``is_odd``: its units or substrates cannot be followed by its own events alone. ``has_passes``: it is
    told when substrates of the lot passed a machine. ``is_smooth``: only its machines may be odd.
    ``is_calm``: nothing else of it raises a finding, unless what it used was too old or too fresh.
    ``wafers``: from what dies came onto its substrates, as far as its own events say. ``used``: what it went
    into.
    """

    stays: ClassVar = frozenset({"lot_id"})

    lot_id: str
    is_odd: bool
    is_known: bool
    total: int
    first_order: OrderKey
    first_units: tuple[int, OrderKey] | None
    disposition: Disposition
    times: tuple[int, ...]
    amounts: tuple[tuple[int, int, int], ...]
    steps: tuple[Step, ...]
    uses: tuple[Use, ...]
    materials: tuple[str, ...]
    arrivals: dict[str, int]
    parents: tuple[str, ...]
    children: tuple[str, ...]
    derived: tuple[Derived, ...]
    cohorts: tuple[Cohort, ...]
    has_passes: bool
    stretches: tuple[Stretch, ...]
    machines: frozenset[str]
    oddities: tuple[LineageFinding, ...]
    is_smooth: bool
    is_calm: bool
    told: tuple[Told, ...]
    clocks: tuple[Told, ...]
    against_time: Told | None
    substrates: tuple[str, ...]
    wafers: tuple[str, ...]
    used: tuple[records.Use, ...]

    @property
    def size_bytes(self) -> int:
        """What the line occupies at rest, roughly; the bench measures how rough."""
        return _ALL_ASLEEP + self.packed_bytes

    def before(self, place: int) -> tuple[int, int]:
        """Total and loose just before the event at a place."""
        found = (0, 0)
        for when, total, loose in self.amounts:
            if when >= place:
                break
            found = (total, loose)
        return found


class Thaw(NamedTuple):
    """From when until when a thawed material lot may be used."""

    at: Instant
    usable_from: Instant
    usable_until: Instant


@dataclass(frozen=True, slots=True)
class MaterialLine(Resting):
    """One material lot: what it is, which lots used it, what it was mixed into.

    ``past`` are the events about it, without its uses; but with those dated ahead of their record, and
    with the first one where nobody received or mixed it.
    """

    rests: ClassVar = frozenset({"used"})

    material_lot_id: str
    first_order: OrderKey
    told: str | None
    guessed: str | None
    is_defined: bool
    expires_at: Instant | None
    thaws: tuple[Thaw, ...]
    lots: tuple[str, ...]
    mixes: tuple[tuple[OrderKey, str], ...]
    is_odd: bool
    is_mounted: bool
    clocks: tuple[Told, ...]
    past: tuple[Event, ...]
    used: tuple[records.Use, ...]

    @property
    def size_bytes(self) -> int:
        """What the line occupies at rest, roughly."""
        rows = 330 * (len(self.mixes) + len(self.thaws)) + self.packed_bytes
        told = sum(map(_told_bytes, self.past))
        return 700 + rows + 10 * len(self.lots) + told + 400 * len(self.clocks)


def _told_bytes(event: Event) -> int:
    """What an event about a material lot occupies, roughly."""
    match event.fact:
        case UnitsAssembled(components=parts) | MaterialMixed(inputs=parts):
            return _EVENT + _PART * len(parts)
    return _EVENT


@dataclass(frozen=True, slots=True)
class BoxLine:
    """One container: when it left with which shipment, when it came into which other container."""

    container_id: str
    shipped: tuple[tuple[OrderKey, str], ...]
    nested: tuple[tuple[OrderKey, str], ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """One shipment: to whom, for which orders."""

    shipment_id: str
    customers: tuple[str, ...]
    orders: tuple[str, ...]
    units: tuple[str, ...]


class Mounted(NamedTuple):
    """A tool sat on a machine's position, [start, end)."""

    equipment_id: str
    position: str
    start: Instant
    end: Instant
    order: OrderKey


@dataclass(frozen=True, slots=True)
class ToolLine:
    """One tool: when it sat where; every machine that was told of it."""

    tool_id: str
    mounts: tuple[Mounted, ...]
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order: whose it is, and the events that say so."""

    order_id: str
    customer_id: str | None
    received: tuple[Event, ...]
