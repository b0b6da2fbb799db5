"""Which dies of a wafer a question means: a region, bins of the latest map (semantics.md section 5)."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.substrate import SubstrateMapped
from twin.folds.step import Site
from twin.records.recall import WaferScope


def bin_at(mapped: Event | None, x: int, y: int) -> int | None:
    """The bin of a site on a map, or None outside it."""
    fact = mapped.fact if mapped else None
    if not isinstance(fact, SubstrateMapped):
        return None
    column, row = x - (fact.first_x or 0), y - (fact.first_y or 0)
    if not (0 <= column < fact.columns and 0 <= row < fact.rows):
        return None
    index = 2 * (row * fact.columns + column)
    return int.from_bytes(fact.bins[index : index + 2], "little")


def suspect_die(scope: WaferScope, die: Site, mapped: Event | None) -> bool:
    """Whether a die is one of those that a wafer scope means: in the region and with the bins."""
    substrate_id, x, y = die
    if substrate_id != scope.substrate_id or not _in_region(scope, x, y):
        return False
    return scope.bins is None or bin_at(mapped, x, y) in scope.bins


def _in_region(scope: WaferScope, x: int, y: int) -> bool:
    return _between(x, scope.x_min, scope.x_max) and _between(y, scope.y_min, scope.y_max)


def _between(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
