"""What a run about lineage measured."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.plant_events import Plant
from bench.spread import Spread
from twin.records.recall import RecallTotals


@dataclass
class LineageFigures:
    """What was measured on a plant of a stated size."""

    plant: Plant
    events: int = 0
    load_s: float = 0.0
    build_s: float = 0.0
    index_mb: float = 0.0
    told_mb: float = 0.0
    rows: list[Spread] = field(default_factory=list)
    ratios: list[tuple[str, float, str]] = field(default_factory=list)
    totals: dict[str, RecallTotals] = field(default_factory=dict)
    has_postgres: bool = False
