from __future__ import annotations

from random import Random

import pytest

from tests.oracle.comparing import shrunk, told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.timeline import counted, mentions
from tests.oracle.walk import Walk
from twin.events.event import Event
from twin.folds.live_lot import LiveLot

PLANTS = range(4000, 4060)


def fact_difference(events: list[Event]) -> str | None:
    chosen = counted(events, None, None)
    walk = Walk(chosen, None, None).run()
    for name, lot in walk.lots.items():
        live = LiveLot(name)
        for event in Random(len(events)).sample(chosen, len(chosen)):
            if name in mentions(event, "LOT"):
                live.absorb(event)
        state = live.state
        want = (
            lot.total.n,
            lot.loose.n,
            {(r.key, r.start, r.end, r.inferred) for r in walk.runs.runs if r.lot == name},
        )
        have = (
            state.quantity,
            state.loose_quantity,
            {(r.key, r.started_at, r.ended_at, r.inferred) for r in state.runs},
        )
        if want != have:
            return f"{name}: oracle {want}, fold {have}"
    return None


def test_quantities_and_runs_of_lots_are_those_of_the_oracle_in_any_order_of_arrival() -> None:
    for seed in PLANTS:
        events = lot_plant(seed)
        if fact_difference(events) is not None:
            small = shrunk(events, lambda rest: fact_difference(rest) is not None)
            pytest.fail(f"seed {seed}\n{fact_difference(small)}\n{told(small)}", pytrace=False)
