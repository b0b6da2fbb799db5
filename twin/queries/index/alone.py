"""What a lot comes to when one material lot is all of the suspect that ever meets it, or one parent's units.

Worked out once, when the lot's line is read, by the walk that every recall takes: most lots of most recalls
are met by nothing else, and then there is nothing left to walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twin.events.event import OrderKey
from twin.lineage.arithmetic import Bounds
from twin.queries.index.flow import Arrival, Flow, Inflow, Shares
from twin.queries.index.line import Line, Out, Taken, Use
from twin.queries.index.lots import Row
from twin.queries.index.outcome import Units, row_of, units_of
from twin.queries.index.resting import Resting
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

_SHIPMENT = ""
"""Some shipment; which one does not matter to where the units are."""


@dataclass(frozen=True, slots=True)
class Alone(Resting):
    """How a lot ends up after what arrived first at ``first``.

    ``others``: what else the runs of the uses consumed; none of it may be of the suspect's material.
    ``row``: as it is when all that was packed left with a shipment; ``stocked``: when nothing of it did.
    """

    uses: tuple[Use, ...]
    first: OrderKey
    others: tuple[str, ...]
    row: Row | None
    stocked: Row | None
    is_touched: bool
    scrapped: Bounds
    parts: tuple[tuple[Taken, int, int], ...]
    outs: tuple[tuple[Out, Shares], ...]
    units: Units
    pinned: tuple[int, ...]


class Handed(NamedTuple):
    """How a lot ends up after an event brought it suspect units only; ``shares``: all of them, surely."""

    event_id: str
    shares: Shares
    alone: Alone


def by_use(line: Line) -> dict[str, Alone]:
    """By each material lot that the lot used; nothing of lots that need more than that to be told."""
    if line.parents or line.is_odd or line.has_passes or not line.is_known or not _is_simple(line):
        return {}
    uses: dict[str, list[Use]] = {}
    for use in line.uses:
        uses.setdefault(use.material_lot, []).append(use)
    return {material_lot: _at_last(line, each) for material_lot, each in uses.items()}


def by_inflow(line: Line) -> Handed | None:
    """By the one event that brought units from the only parent; None where there is no such event."""
    derived = [each for each in line.derived if each.parent is not None]
    if len(derived) != 1 or line.is_odd or not _is_simple(line):
        return None
    order, parent, _ = derived[0]
    place = line.arrivals[order[3]]
    quantity = line.before(place + 1)[0] - line.before(place)[0]
    if quantity <= 0:
        return None
    all_of_it = Bounds(quantity, quantity)
    shares = (all_of_it, all_of_it, all_of_it)
    arrival = inflow(Thing(ThingKind.LOT, parent or ""), "", order, place, shares)
    return Handed(order[3], shares, _at_last(line, [arrival]))


def inflow(source: Thing, relation: str, order: OrderKey, place: int, shares: Shares) -> Inflow:
    """Units that a derivation brought, at its place in the lot that got them."""
    return Inflow(place, (order, 0), Instant(order[0]), source, relation, order, shares)


def walked(flow: Flow) -> list[tuple[Out, Shares]]:
    """Walk a lot that nothing else will reach to its end; what it passed on."""
    found: list[tuple[Out, Shares]] = []
    for number, step in enumerate(flow.line.steps):
        if type(step) is Out:
            flow.walk(number)
            flow.arrive(step.place)
            flow.at = number + 1
            shares = flow.leave(step)
            if shares is not None:
                found.append((step, shares))
    flow.finish()
    return found


def _is_simple(line: Line) -> bool:
    """Whether each lot that units went to got them once."""
    targets = [step.target for step in line.steps if type(step) is Out]
    return len(targets) == len(set(targets))


def _at_last(line: Line, arrivals: Sequence[Arrival]) -> Alone:
    flow = Flow(line, [*arrivals], ())
    outs = walked(flow)
    row = row_of(flow, [(_SHIPMENT, low, high) for _, low, high in flow.parts])
    uses = tuple(each for each in arrivals if isinstance(each, Use))
    units, pinned = units_of(flow, row)
    return Alone(
        uses=uses,
        first=arrivals[0].order if isinstance(arrivals[0], Use) else arrivals[0].told,
        others=tuple({other: None for use in uses for other in use.others}),
        row=row,
        stocked=row_of(flow, [(None, low, high) for _, low, high in flow.parts]) if flow.parts else row,
        is_touched=flow.touched,
        scrapped=flow.scrapped,
        parts=flow.parts,
        outs=tuple(outs),
        units=units,
        pinned=pinned,
    )
