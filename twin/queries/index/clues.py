"""How the suspect reached a thing, led back through the lines only when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from twin.events.event import Event, OrderKey
from twin.events.fact import Fact
from twin.lineage.evidence import Link, Trail
from twin.queries.index.cohorts import BETWEEN
from twin.queries.index.flow import FIRST, LAST, Arrival, Flow
from twin.queries.index.line import Key, Use
from twin.queries.index.spread import Spread
from twin.records.recall import EvidencePath
from twin.vocabulary.things import Thing, ThingKind


class Clues:
    """The evidence of one answer: the links of the spread as the trail of an exposure has them."""

    def __init__(self, spread: Spread, pinned: Callable[[], Mapping[str, Sequence[int]]]) -> None:
        self._spread = spread
        self._tell_pinned = pinned
        self._pinned: Mapping[str, Sequence[int]] | None = None
        self._flows: Mapping[str, Flow] | None = None
        self._trail: Trail | None = None
        self._places: dict[Key, int] = {}
        self._cohort_of: dict[str, tuple[Flow, int]] | None = None
        self._linked: set[str] = set()

    def again(self) -> Clues:
        """The same evidence, of which nothing is laid out yet."""
        return Clues(self._spread, self._tell_pinned)

    def paths(self, thing: Thing, *, every: bool, limit: int) -> Sequence[EvidencePath]:
        """The shortest path from the seed to a thing, or the distinct paths, shortest first."""
        trail = self._trail
        if trail is None:
            trail = self._trail = self._laid()
        if thing.kind is ThingKind.UNIT and thing.key not in self._linked:
            self._linked.add(thing.key)
            for link in self._unit_links(thing):
                trail.link(link)
        return trail.paths(thing, every=every, limit=limit)

    def _every_flow(self) -> Mapping[str, Flow]:
        if self._flows is None:
            self._flows = self._spread.every_flow()
        return self._flows

    def _laid(self) -> Trail:
        spread = self._spread
        keys = {(mix.order, 0) for mix in spread.mixes} | {FIRST, LAST}
        for flow in self._every_flow().values():
            keys.update(_key(arrival) for arrival in flow.links())
            keys.update(flow.cleaned)
            keys.update(key for _, key in flow.named)
        self._places = {key: place for place, key in enumerate(sorted(keys))}
        trail = Trail(spread.seeds.things)
        for tool, machine, order in spread.seeds.mounted:
            trail.link(Link(tool, machine, "MOUNTED_ON", _event(order), self._places[FIRST]))
        for mix in spread.mixes:
            source = Thing(ThingKind.MATERIAL_LOT, mix.source)
            target = Thing(ThingKind.MATERIAL_LOT, mix.target)
            trail.link(Link(source, target, "MIXED_INTO", _event(mix.order), self._places[mix.order, 0]))
        for lot_id, flow in self._every_flow().items():
            self._lay(trail, Thing(ThingKind.LOT, lot_id), flow)
        return trail

    def _lay(self, trail: Trail, lot: Thing, flow: Flow) -> None:
        for arrival in flow.links():
            trail.link(_link(arrival, lot, self._places[_key(arrival)]))
        for key in flow.cleaned:
            trail.clean(lot, self._places[key])

    def _unit_links(self, unit: Thing) -> Iterable[Link]:
        found = self._cohorts().get(unit.key)
        if found is None:
            return
        flow, number = found
        cohort = flow.line.cohorts[number]
        lot = Thing(ThingKind.LOT, flow.line.lot_id)
        for key, order, at_once in sorted(_meetings(flow, number)):
            yield Link(lot, unit, "HOLDS", _event(order), self._places[key], at_once=at_once)
        if self._pinned is None:
            self._pinned = self._tell_pinned()
        if number in self._pinned.get(flow.line.lot_id, ()):
            yield Link(lot, unit, "HOLDS", _event(cohort.named), self._places[LAST])

    def _cohorts(self) -> dict[str, tuple[Flow, int]]:
        if self._cohort_of is None:
            self._cohort_of = {
                name: (flow, number)
                for flow in self._every_flow().values()
                for number, cohort in enumerate(flow.line.cohorts)
                for name in cohort.names.split(BETWEEN)
            }
        return self._cohort_of


def _key(arrival: Arrival) -> Key:
    return (arrival.order, 0) if isinstance(arrival, Use) else arrival.key


def _link(arrival: Arrival, lot: Thing, place: int) -> Link:
    if isinstance(arrival, Use):
        source = Thing(ThingKind.MATERIAL_LOT, arrival.material_lot)
        return Link(source, lot, "CONSUMED_BY", _event(arrival.order), place)
    return Link(arrival.source, lot, arrival.relation, _event(arrival.told), place)


def _meetings(flow: Flow, number: int) -> Iterable[tuple[Key, OrderKey, bool]]:
    """When a cohort got what it carries: with its name, and whenever its lot met the suspect."""
    cohort = flow.line.cohorts[number]
    for named, key in flow.named:
        if named == number and cohort.christened is not None:
            yield key, cohort.christened, False
    for met in flow.meetings():
        for stay in cohort.stays:
            if stay.start < met.place <= stay.end:
                yield _key(met), stay.order, True


def _event(order: OrderKey) -> Event:
    """An event as evidence names it: when, and by its id."""
    return Event(event_id=order[3], source=order[1], occurred_at=order[0], fact=_NOTHING)  # type: ignore[arg-type]


_NOTHING = Fact()
