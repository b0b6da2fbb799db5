"""The suspect's way through all events, in their order (semantics.md sections 4 and 5)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from twin.folds.step import (
    Assembled,
    Consumed,
    DiesPlaced,
    Identified,
    Mixed,
    Move,
    PartTaken,
    Scrap,
    Step,
)
from twin.lineage import lot_spread, unit_spread
from twin.lineage.carrying import Carrying
from twin.lineage.evidence import Link
from twin.lineage.seeds import Seed
from twin.lineage.sweep import Sweep


def spread(sweep: Sweep) -> Carrying:
    """Let the suspect spread; nothing is exposed before a seed touches it."""
    for material_lot, since in sweep.seeds.materials.items():
        sweep.carrying.expose_material(material_lot, since)
    sweep.carrying.unitless.update(sweep.seeds.unitless)
    for tool, machine, event in sweep.seeds.mounted:
        sweep.trail.link(Link(tool, machine, "MOUNTED_ON", event, -1))
    waiting = list(reversed(sweep.seeds.lots))
    live = sweep.carrying.live
    for step, trigger in _steps(sweep):
        while waiting and waiting[-1].meeting.place <= step.place:
            _seed(sweep, waiting.pop())
        if trigger is None or trigger in live:
            _HANDLERS[type(step)](sweep, step)
    while waiting:
        _seed(sweep, waiting.pop())
    return sweep.carrying


def _steps(sweep: Sweep) -> Iterator[tuple[Step, str | None]]:
    steps, triggers = sweep.plant.ledger.steps, sweep.plant.ledger.triggers
    start = bisect_left(steps, _first_place(sweep), key=attrgetter("place"))
    return zip(islice(steps, start, None), islice(triggers, start, None), strict=True)


def _first_place(sweep: Sweep) -> int:
    """Before this place nothing can be exposed: the suspect was not named, and no lot met it."""
    if sweep.seeds.wafer is not None or sweep.plant.wafer_materials:
        return 0
    places = [seed.meeting.place for seed in sweep.seeds.lots]
    for material_lot in sweep.seeds.materials:
        first = sweep.plant.first_of_material.get(material_lot)
        places.append(0 if first is None else sweep.plant.at_or_after(first.occurred_at))
    return min(places, default=len(sweep.plant.events))


def _seed(sweep: Sweep, seed: Seed) -> None:
    sweep.carrying.meet(seed.meeting, low=None if seed.is_whole else 0)


_HANDLERS: Final[dict[type[Any], Callable[[Sweep, Any], None]]] = {
    Move: lot_spread.move,
    Scrap: lot_spread.scrap,
    PartTaken: lot_spread.part,
    Mixed: lot_spread.mixed,
    Consumed: lot_spread.consumed,
    Identified: unit_spread.identified,
    DiesPlaced: unit_spread.placed,
    Assembled: unit_spread.assembled,
}
