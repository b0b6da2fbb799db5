"""Which facts each type of event becomes."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from twin.events.fact import Fact
from twin.projection import identity, inspection, lot, packing, places, substrate
from twin.projection.projection import Projection


def _by_type() -> dict[type[Fact], tuple[Projection, ...]]:
    found: defaultdict[type[Fact], list[Projection]] = defaultdict(list)
    for module in (lot, substrate, packing, inspection, places, identity):
        for projection in module.PROJECTIONS:
            found[projection.event_type].append(projection)
    return {event_type: tuple(projections) for event_type, projections in found.items()}


PROJECTIONS: Final = _by_type()
"""Fact type to its projections; a type that is missing has only its marker and the folds."""
