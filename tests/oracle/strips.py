"""Section 5 of semantics.md, strip evidence: which strips of a run met the mounted suspect."""

from __future__ import annotations

from tests.oracle.materials import Materials
from tests.oracle.runs import Runs, run_of
from twin.events.event import Event
from twin.events.material import MaterialConsumed, MaterialMounted, MaterialUnmounted
from twin.events.substrate import SubstrateProcessed
from twin.vocabulary.instants import instant_of

EVER = 2**62
Place = tuple[str, str]
Mount = tuple[str, Place, int, int]


def mounts(events: list[Event]) -> list[Mount]:
    """Material lot, machine and position, from, to."""
    found: list[Mount] = []
    for number, event in enumerate(events):
        fact = event.fact
        if isinstance(fact, MaterialMounted):
            place = (fact.equipment_id, fact.position)
            off = [
                e.occurred_at
                for e in events[number:]
                if isinstance(e.fact, MaterialUnmounted)
                and (e.fact.material_lot_id, e.fact.equipment_id, e.fact.position)
                == (fact.material_lot_id, *place)
            ]
            found.append((fact.material_lot_id, place, event.occurred_at, off[0] if off else EVER))
    return found


def strip_levels(
    events: list[Event], consumption: Event, runs: Runs, strips: set[str], materials: Materials
) -> dict[str, int] | None:
    """2 definite, 1 possible, 0 not exposed, by strip; None: the strips say nothing."""
    fact = consumption.fact
    assert isinstance(fact, MaterialConsumed)
    run = run_of(consumption, runs)
    machine = fact.equipment_id if run is None else run.equipment
    if machine is None or not strips:
        return None
    own = [
        mount
        for mount in mounts(events)
        if mount[0] == fact.material_lot_id
        and mount[1][0] == machine
        and fact.position in (None, mount[1][1])
    ]
    if not own:
        return None
    positions = {place for _, place, _, _ in own}
    others = [
        mount
        for mount in mounts(events)
        if mount[0] != fact.material_lot_id
        and mount[1] in positions
        and materials.may_be_same(mount[0], fact.material_lot_id)
    ]
    levels: dict[str, int] = {}
    for event in events:
        seen = event.fact
        if (
            isinstance(seen, SubstrateProcessed)
            and (seen.lot_id, seen.operation, seen.equipment_id) == (fact.lot_id, fact.operation, machine)
            and (seen.position is None or (machine, seen.position) in positions)
            and seen.substrate_id in strips
            and run_of(event, runs) is run
        ):
            span = (instant_of(seen.started_at), instant_of(seen.finished_at))
            level = 0
            if _overlaps(span, own):
                level = 1 if _overlaps(span, others) else 2
            levels[seen.substrate_id] = max(levels.get(seen.substrate_id, 0), level)
    return levels if set(levels) == strips else None


def _overlaps(span: tuple[int, int], some: list[Mount]) -> bool:
    return any(span[0] < end and start <= span[1] for _, _, start, end in some)
