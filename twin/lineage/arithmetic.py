"""How many of the taken units, and of those that stay, carry the suspect (semantics.md section 4)."""

from __future__ import annotations

from typing import NamedTuple


class Bounds(NamedTuple):
    """Between how many units carry the suspect."""

    low: int
    high: int


NONE = Bounds(0, 0)


def taken(units: int, bounds: Bounds, quantity: int) -> tuple[Bounds, Bounds]:
    """The bounds of ``quantity`` units taken out of ``units``, and of those that stay."""
    left = max(0, units - quantity)
    out = Bounds(max(0, bounds.low - left), min(bounds.high, quantity))
    return out, Bounds(max(0, bounds.low - quantity), min(bounds.high, left))


def joined(one: Bounds, other: Bounds) -> Bounds:
    """The bounds of two groups of units put together."""
    return Bounds(one.low + other.low, one.high + other.high)


def exposed(bounds: Bounds, met: Bounds) -> Bounds:
    """The bounds of the same units after they met an exposure."""
    return Bounds(max(bounds.low, met.low), max(bounds.high, met.high))


def exposed_in_part(units: int, bounds: Bounds, met: Bounds) -> Bounds:
    """The bounds of a whole lot of which only the loose part met an exposure."""
    return Bounds(max(bounds.low, met.low), min(units, bounds.high + met.high))


def grown(units: int, bounds: Bounds, count: int, low: int) -> Bounds:
    """The bounds after ``count`` more suspect dies came into some of the units."""
    return Bounds(min(units, max(bounds.low, low)), min(units, bounds.high + count))
