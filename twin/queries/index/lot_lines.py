"""A lot's line from its own counted events, by the same folds that every other answer uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from sys import intern
from typing import Final

from twin.events.event import Event, OrderKey
from twin.events.lot import LotSplit
from twin.events.material import MaterialConsumed
from twin.events.naming import named
from twin.events.packing import Packed, Shipped
from twin.events.substrate import DiesTransferred
from twin.events.transfers import moved_from
from twin.folds.account import Account
from twin.folds.finding import Findings
from twin.folds.run import Run
from twin.folds.step import Assembled, Identified, Move, PartTaken, Scrap
from twin.lineage.findings import about_lot
from twin.lineage.impact import loose_disposition
from twin.lineage.plant import Plant
from twin.queries.index.cohorts import Cohorts
from twin.queries.index.line import (
    Christened,
    Derived,
    Line,
    Out,
    Scrapped,
    Step,
    Stretch,
    Taken,
    Told,
    Use,
)
from twin.queries.uses import uses
from twin.records import material as records
from twin.records.recall import LineageFinding
from twin.vocabulary.things import Thing, ThingKind

_FINDINGS: Final = 1_000_000
"""More than one event can raise about one lot."""


def lot_line(lot_id: str, events: Sequence[Event]) -> Line:
    """What the events that name a lot, at least one and in their order, tell of it."""
    plant = Plant.of(events)
    account = plant.ledger.accounts.of(lot_id, events[0])
    cohorts = Cohorts(plant, lot_id)
    orders = {event.event_id: event.order for event in events}
    places = {event.event_id: place for place, event in enumerate(events)}
    oddities = tuple(_oddities(plant, lot_id))
    first = account.first_units
    against = plant.against_time.get(lot_id)
    uses, told = tuple(_uses(plant, lot_id, account)), tuple(_told(plant, lot_id))
    clocks = tuple(clock_findings(plant.ahead, ("Lot", lot_id), Thing(ThingKind.LOT, lot_id)))
    return Line(
        lot_id=lot_id,
        is_odd=_is_odd(plant, lot_id),
        is_known=account.is_known,
        total=account.total,
        first_order=(account.first_event or events[0]).order,
        first_units=None if first is None else (first[0], first[1].order),
        disposition=loose_disposition(plant, lot_id),
        times=tuple(plant.times),
        amounts=account.history,
        steps=tuple(_steps(plant, lot_id, cohorts)),
        uses=uses,
        materials=tuple({use.material_lot: None for use in uses}),
        arrivals={each.event_id: places[each.event_id] for each in account.parents},
        parents=tuple(dict.fromkeys(each.from_lot_id for each in account.parents)),
        children=tuple(dict.fromkeys(each.to_lot_id for each in account.children)),
        derived=tuple(_derived(account, orders)),
        cohorts=cohorts.rows,
        has_passes=bool(plant.processed),
        stretches=tuple(_stretch(run) for run in plant.runs(lot_id)),
        machines=frozenset(intern(run.equipment_id) for run in plant.runs(lot_id)),
        oddities=oddities,
        is_smooth=all(finding.code == "equipment.unknown" for finding in oddities),
        is_calm=not (told or clocks or against is not None or any(use.loose == 0 for use in uses)),
        told=told,
        clocks=clocks,
        against_time=None if against is None else (against.order, 0, _skewed(against, lot_id)),
        substrates=cohorts.substrates,
        wafers=tuple(_wafers(events)),
        used=used_by(Thing(ThingKind.LOT, lot_id), events),
    )


def used_by(thing: Thing, events: Sequence[Event]) -> tuple[records.Use, ...]:
    """What the thing went into, the earliest first."""
    return tuple(use for event in events for use in uses(thing, event))


def _wafers(events: Sequence[Event]) -> Iterator[str]:
    """The substrates that dies were taken from, each once."""
    transfers = (event.fact.transfers for event in events if isinstance(event.fact, DiesTransferred))
    yield from dict.fromkeys(intern(source) for rows in transfers for source in moved_from(rows))


def _is_odd(plant: Plant, lot_id: str) -> bool:
    """Whether units or substrates went with a split by name, were built in or packed, or left with others."""
    return any(_needs_more(plant, lot_id, step) for step in plant.steps) or any(
        child.unit_ids or child.substrate_ids
        for event in plant.events
        if isinstance(event.fact, LotSplit)
        for child in event.fact.children
    )


def _needs_more(plant: Plant, lot_id: str, step: object) -> bool:
    units = plant.ledger.units
    match step:
        case Assembled():
            return True
        case PartTaken():
            return bool(step.part.units)
        case Move() if step.source == lot_id and units.units:
            since = min((stay.start for stay in units.stays.get(lot_id, ())), default=-1)
            return step.place >= since or _names_substrates(plant, step.place)
        case Move() if step.source == lot_id:
            return bool(units.lot_of_substrate) and _names_substrates(plant, step.place)
        case _:
            return False


def _names_substrates(plant: Plant, place: int) -> bool:
    """Whether the lot is told to hold a substrate after all it held may have gone to another lot."""
    later = plant.events[place + 1 :]
    return any(label == "Substrate" for event in later for label, _ in named(event.fact))


def _steps(plant: Plant, lot_id: str, cohorts: Cohorts) -> Iterator[Step]:
    moved: Counter[int] = Counter()
    christened: set[int] = set()
    for step in plant.steps:
        match step:
            case Move():
                number = moved[step.place]
                moved[step.place] += 1
                if step.source == lot_id:
                    yield _out(step, number)
            case Scrap() if step.lot == lot_id:
                counted = cohorts.counted(step.units) if step.counted else None
                yield Scrapped(step.place, step.event.order, step.total, step.loose, step.quantity, counted)
            case PartTaken() if step.part.lot == lot_id:
                yield _taken(step)
            case Identified() if step.lot == lot_id:
                cohort = cohorts.of(step.unit)
                if cohort not in christened:
                    christened.add(cohort)
                    on_it = step.substrate is not None
                    yield Christened(step.place, step.event.order, step.total, on_it, cohort)


def _out(step: Move, number: int) -> Out:
    relation = "SPLIT_INTO" if step.kind == "SPLIT" else "MERGED_INTO"
    order = step.event.order
    return Out(step.place, order, step.total, step.loose, step.quantity, step.target, relation, number)


def _taken(step: PartTaken) -> Taken:
    fact = step.event.fact
    container = fact.container_id if isinstance(fact, Packed) else None
    shipment = fact.shipment_id if isinstance(fact, Shipped) else None
    return Taken(step.place, step.event.order, step.loose, step.part.quantity, container, shipment)


def _uses(plant: Plant, lot_id: str, account: Account) -> Iterator[Use]:
    groups: dict[object, set[str]] = {}
    keys: list[object] = []
    for place, event in plant.consumptions.get(lot_id, ()):
        fact = event.fact
        assert isinstance(fact, MaterialConsumed)  # noqa: S101 - indexed so
        run = plant.run_at(lot_id, fact.operation, fact.equipment_id, (place, event))
        keys.append(run.key if run else (fact.operation,))
        groups.setdefault(keys[-1], set()).add(fact.material_lot_id)
    for key, (place, event) in zip(keys, plant.consumptions.get(lot_id, ()), strict=True):
        material_lot = event.fact.material_lot_id  # type: ignore[attr-defined]
        others = tuple(map(intern, sorted(groups[key] - {material_lot})))
        yield Use(place, event.order, intern(material_lot), others, *account.before(place))


def _oddities(plant: Plant, lot_id: str) -> Iterator[LineageFinding]:
    """What does not fit about the lot and its runs; machines count as strangers, uses are told elsewhere."""
    found = Findings()
    about_lot(plant, lot_id, found)
    return (each for each in found.all() if each.code != "consumption.empty_lot")


def _derived(account: Account, orders: dict[str, OrderKey]) -> Iterator[Derived]:
    created = account.created
    found = [Derived(orders[each.event_id], each.from_lot_id, None) for each in account.parents]
    if created is not None:
        order_id = getattr(created.fact, "order_id", None)
        found.append(Derived(created.order, None, None if order_id is None else intern(order_id)))
    yield from sorted(found, key=lambda each: each.order)


def _stretch(run: Run) -> Stretch:
    event = run.event
    place = run.opened if run.opened is not None else run.closed
    assert event is not None  # noqa: S101 - a run comes from an event
    assert place is not None  # noqa: S101
    return Stretch(
        intern(run.equipment_id),
        run.position,
        tuple(map(intern, run.operators)),
        run.recipe,
        run.started_at,
        run.ended_at,
        run.first_at,
        run.last_at,
        place,
        event.order,
    )


def _told(plant: Plant, lot_id: str) -> Iterator[Told]:
    thing = Thing(ThingKind.LOT, lot_id)
    found = plant.ledger.findings.touching({thing})
    events = {event.event_id: event for event in plant.events} if found else {}
    for number, finding in enumerate(found):
        event = events[finding.event_id or ""]
        yield event.order, named(event.fact).index(("Lot", lot_id)) * _FINDINGS + number, finding


def clock_findings(ahead: Sequence[Event], name: tuple[str, str], thing: Thing) -> Iterator[Told]:
    """Events about a thing that are dated after the twin recorded them."""
    for event in ahead:
        for number, each in enumerate(named(event.fact)):
            if each == name:
                message = f"{event.source} dated {event.event_id} after the twin recorded it"
                found = LineageFinding("clock.future", (thing,), message, event.occurred_at, event.event_id)
                yield event.order, number, found


def _skewed(event: Event, lot_id: str) -> LineageFinding:
    message = f"{event.source} numbered {event.event_id} before an older event of lot {lot_id}"
    thing = Thing(ThingKind.LOT, lot_id)
    return LineageFinding("clock.skew", (thing,), message, event.occurred_at, event.event_id)
