"""What the counted events did to lots, units and dies, with the quantities of that moment resolved.

A step says nothing of any suspect: it is worked out once per plant, and every recall runs over it.
``place`` is the event's place in the order of counted events; quantities are those just before the step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from twin.events.event import Event

Site: TypeAlias = tuple[str, int, int]
"""A substrate, and x and y on it; also the identity of a die by its first known site."""


class Move(Struct, frozen=True, gc=False):
    """Units left one lot for another: one child of a split, or one parent of a merge."""

    place: int
    event: Event
    source: str
    target: str
    quantity: int
    total: int
    loose: int
    kind: str


class Scrap(Struct, frozen=True, gc=False):
    """Units of a lot were thrown away; ``units`` are all of them when ``counted``."""

    place: int
    event: Event
    lot: str
    quantity: int
    total: int
    loose: int
    units: tuple[str, ...]
    counted: bool


@dataclass(slots=True, eq=False)
class Part:
    """Units of a lot inside a container or shipment; ``units`` are all of them when ``counted``."""

    lot: str
    quantity: int
    units: tuple[str, ...]
    counted: bool
    container: str | None = None
    shipment: str | None = None


class PartTaken(Struct, frozen=True, gc=False):
    """A part left a lot's loose units."""

    place: int
    event: Event
    part: Part
    loose: int


class Consumed(Struct, frozen=True, gc=False):
    """A lot used part of a material lot."""

    place: int
    event: Event
    lot: str
    material_lot: str


class Mixed(Struct, frozen=True, gc=False):
    """A material lot went into another."""

    place: int
    event: Event
    source: str
    target: str


class Identified(Struct, frozen=True, gc=False):
    """A unit got its name inside a lot; built from the lot's own units, it does not ``inherit`` its load."""

    place: int
    event: Event
    unit: str
    lot: str
    total: int
    substrate: str | None
    inherits: bool = True


class Placing(NamedTuple):
    """One die came to a site; ``fresh`` when it was not in that lot before."""

    die: Site
    left: str
    site: Site
    fresh: bool


class DiesPlaced(Struct, frozen=True):
    """Dies were moved onto a substrate of a lot; ``placed`` works out which."""

    place: int
    event: Event
    lot: str | None
    substrate: str
    placed: Callable[[], tuple[Placing, ...]]


class Assembled(Struct, frozen=True, gc=False):
    """A unit was built: from units of its own lot, units from elsewhere, dies, material lots."""

    place: int
    event: Event
    unit: str
    lot: str
    own: tuple[str, ...]
    outside: tuple[str, ...]
    dies: tuple[Placing, ...]
    material_lots: tuple[str, ...]


Step: TypeAlias = Move | Scrap | PartTaken | Consumed | Mixed | Identified | DiesPlaced | Assembled


def lot_trigger(lot_id: str) -> str:
    """What steps out of a lot wait for."""
    return lot_id


def material_trigger(material_lot_id: str) -> str:
    """What steps out of a material lot wait for; no lot can have such a name."""
    return f"\0{material_lot_id}"


def trigger_of(step: Step) -> str | None:
    """What must be exposed for the step to matter to a recall; None when only a look can tell."""
    match step:
        case Move():
            return lot_trigger(step.source)
        case Scrap():
            return None if step.counted else lot_trigger(step.lot)
        case PartTaken():
            return lot_trigger(step.part.lot)
        case Consumed():
            return material_trigger(step.material_lot)
        case Mixed():
            return material_trigger(step.source)
        case _:
            return None
