"""How many of the taken units, and of those that stay, carry the suspect (semantics.md section 4)."""

from __future__ import annotations

from typing import NamedTuple


class Bounds(NamedTuple):
    """Between how many units carry the suspect."""

    low: int
    high: int


NONE = Bounds(0, 0)


def taken(units: int, bounds: tuple[int, int], quantity: int) -> tuple[Bounds, Bounds]:
    """The bounds of ``quantity`` units taken out of ``units``, and of those that stay."""
    low, high = bounds
    left = units - quantity if units > quantity else 0
    out = (low - left if low > left else 0, quantity if high > quantity else high)
    stays = (low - quantity if low > quantity else 0, left if high > left else high)
    return tuple.__new__(Bounds, out), tuple.__new__(Bounds, stays)


def joined(one: Bounds, other: Bounds) -> Bounds:
    """The bounds of two groups of units put together."""
    return Bounds(one.low + other.low, one.high + other.high)


def exposed(bounds: Bounds, met: Bounds) -> Bounds:
    """The bounds of the same units after they met an exposure."""
    low = bounds.low if bounds.low > met.low else met.low
    return Bounds(low, bounds.high if bounds.high > met.high else met.high)


def exposed_in_part(units: int, bounds: Bounds, met: Bounds) -> Bounds:
    """The bounds of a whole lot of which only the loose part met an exposure."""
    return Bounds(max(bounds.low, met.low), min(units, bounds.high + met.high))


def grown(units: int, bounds: Bounds, count: int, low: int) -> Bounds:
    """The bounds after ``count`` more suspect dies came into some of the units."""
    return Bounds(min(units, max(bounds.low, low)), min(units, bounds.high + count))
