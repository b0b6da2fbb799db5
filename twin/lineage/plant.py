"""Everything that counted events tell of a plant, prepared once for many questions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import LotCancelled, LotCompleted, LotTrackedIn, LotTrackedOut, TrackInCancelled
from twin.events.material import MaterialConsumed, MaterialMixed, MaterialThawed
from twin.events.naming import named
from twin.events.order import EquipmentRegistered, OrderReceived
from twin.events.recipe import RecipeVerified
from twin.events.substrate import SubstrateMapped, SubstrateProcessed, SubstrateRegistered, UnitsAssembled
from twin.folds.bookkeeping import enter
from twin.folds.clock import Numbering, is_ahead
from twin.folds.ledger import Ledger
from twin.folds.lot import lot_state, names_lot
from twin.folds.run import Placed, Run, run_of, runs_of
from twin.folds.step import Step
from twin.lineage.links import Links
from twin.lineage.material import Materials
from twin.records.lot import LotState
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import lots_of_run, recipe_version_key


class Plant:
    """The lots, runs, materials, dies and units of a plant, from its counted events in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.times: list[Instant] = []
        self.ledger = Ledger()
        self.materials = Materials()
        self.tracking: dict[str, list[Placed]] = {}
        self.consumptions: dict[str, list[Placed]] = {}
        self.processed: dict[tuple[str, str], list[Placed]] = {}
        self.mismatches: dict[str, list[Event]] = {}
        self.thaws: dict[str, list[Event]] = {}
        self.maps: dict[str, Event] = {}
        self.told_maps: dict[str, list[Event]] = {}
        self.machines: set[str] = set()
        self.ahead: list[Event] = []
        self.against_time: dict[str, Event] = {}
        self._numbering = Numbering()
        self.registered: dict[str, list[Event]] = {}
        self.orders: dict[str, Event] = {}
        self.endings: dict[str, Event] = {}
        self.first_of_material: dict[str, Event] = {}
        self._tracked_with: dict[tuple[str, str], dict[str, None]] = {}
        self.wafer_materials: set[str] = set()
        self._links: Links | None = None
        self._runs: dict[str, list[Run]] = {}
        self._known: set[tuple[str, str]] = set()
        self._known_up_to = 0

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """Prepare counted events, which come in their order (`counting.counted`)."""
        plant = cls()
        for event in events:
            plant.append(event)
        return plant

    def append(self, event: Event) -> None:
        """Add one more counted event that comes after all others; an older one needs a new plant."""
        if self.events and event.order <= self.events[-1].order:
            raise ValueError(f"event {event.event_id} is not the newest")
        self._links = None
        place = len(self.events)
        self.events.append(event)
        self.times.append(event.occurred_at)
        lot_id = getattr(event.fact, "lot_id", None)
        if lot_id is not None:
            self.ledger.accounts.of(lot_id, event)
            if self._numbering.goes_back(lot_id, event):
                self.against_time.setdefault(lot_id, event)
        if is_ahead(event):
            self.ahead.append(event)
        for material_lot in _material_lots(event.fact):
            self.first_of_material.setdefault(material_lot, event)
        self._index(place, event)
        enter(self.ledger, place, event)
        self.materials.apply(event)

    def _index(self, place: int, event: Event) -> None:
        fact = event.fact
        match fact:
            case LotTrackedIn() | LotTrackedOut() | TrackInCancelled():
                self._track(place, event, fact)
            case MaterialConsumed():
                self.consumptions.setdefault(fact.lot_id, []).append((place, event))
            case SubstrateProcessed():
                self.processed.setdefault((fact.lot_id, fact.operation), []).append((place, event))
            case LotCompleted() | LotCancelled():
                self.endings[fact.lot_id] = event
            case _:
                self._index_things(event)

    def _index_things(self, event: Event) -> None:
        match event.fact:
            case SubstrateMapped() as fact:
                self.maps[fact.substrate_id] = event
                self.told_maps.setdefault(fact.substrate_id, []).append(event)
            case SubstrateRegistered() as fact:
                self.registered.setdefault(fact.substrate_id, []).append(event)
                if fact.material_lot_id is not None:
                    self.wafer_materials.add(fact.material_lot_id)
            case EquipmentRegistered() as fact:
                self.machines.add(fact.equipment_id)
            case OrderReceived() as fact:
                self.orders.setdefault(fact.order_id, event)
            case RecipeVerified(matched=False, lot_id=str() as lot_id):
                self.mismatches.setdefault(lot_id, []).append(event)
            case MaterialThawed() as fact:
                self.thaws.setdefault(fact.material_lot_id, []).append(event)

    def _track(self, place: int, event: Event, fact: LotTrackedIn | LotTrackedOut | TrackInCancelled) -> None:
        self.tracking.setdefault(fact.lot_id, []).append((place, event))
        self._runs.pop(fact.lot_id, None)
        self._lots_with("Equipment", fact.equipment_id, fact.lot_id)
        if not isinstance(fact, TrackInCancelled) and fact.operator_id is not None:
            self._lots_with("Operator", fact.operator_id, fact.lot_id)
        if isinstance(fact, LotTrackedIn) and fact.recipe_id is not None and fact.recipe_version is not None:
            recipe = recipe_version_key(fact.recipe_id, fact.recipe_version)
            self._lots_with("RecipeVersion", recipe, fact.lot_id)

    def _lots_with(self, label: str, key: str, lot_id: str) -> None:
        self._tracked_with.setdefault((label, key), {})[lot_id] = None

    def lot(self, lot_id: str) -> LotState:
        """A lot as all counted events tell it, with what it inherits."""
        own = [(place, event) for place, event in enumerate(self.events) if names_lot(event.fact, lot_id)]
        return lot_state(lot_id, own, self.ledger, self.runs(lot_id))

    def runs_with(self, label: str, key: str) -> Iterator[Run]:
        """The runs of all lots ever tracked with a machine, operator or recipe; each to be checked."""
        for lot_id in self._tracked_with.get((label, key), ()):
            yield from self.runs(lot_id)

    @property
    def links(self) -> Links:
        """Who went into whom, looked up from either side."""
        if self._links is None:
            self._links = Links(self.events, self.ledger)
        return self._links

    @property
    def steps(self) -> Sequence[Step]:
        """What the events did, in order."""
        return self.ledger.steps

    def runs(self, lot_id: str) -> list[Run]:
        """The operation runs of a lot, in the order of their first event."""
        runs = self._runs.get(lot_id)
        if runs is None:
            runs = self._runs[lot_id] = runs_of(self.tracking.get(lot_id, ()))
        return runs

    def run(self, key: str) -> Run | None:
        """The operation run of this key."""
        of_lots = (self.runs(lot_id) for lot_id in lots_of_run(key) if lot_id in self.tracking)
        return next((run for runs in of_lots for run in runs if run.key == key), None)

    def run_at(self, lot_id: str, operation: str, equipment_id: str | None, placed: Placed) -> Run | None:
        """The run of a lot that something at this operation belongs to."""
        place, event = placed
        return run_of(self.runs(lot_id), operation, equipment_id, place, event.occurred_at)

    def after(self, at: Instant) -> int:
        """The place before which all events up to and including a moment lie."""
        return bisect_right(self.times, at)

    def at_or_after(self, at: Instant) -> int:
        """The place of the first event at a moment or later."""
        return bisect_left(self.times, at)

    def names(self, label: str, key: str) -> bool:
        """Whether any counted event names the thing."""
        while (label, key) not in self._known and self._known_up_to < len(self.events):
            fact = self.events[self._known_up_to].fact
            self._known_up_to += 1
            self._known.update(named(fact))
            by = getattr(fact, "by", None)
            if by is not None:
                self._known.add(("Operator", by))
        return (label, key) in self._known


def _material_lots(fact: Fact) -> Iterator[str]:
    named_lot = getattr(fact, "material_lot_id", None)
    if named_lot is not None:
        yield named_lot
    if isinstance(fact, MaterialMixed):
        yield from (part.material_lot_id for part in fact.inputs)
    elif isinstance(fact, UnitsAssembled):
        yield from (part.material_lot_id for part in fact.components if part.material_lot_id is not None)
