"""Which events could change a recall: those that name something the answer rests upon, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from twin.events.event import Event
from twin.events.naming import named
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.graph.session import Graph
from twin.lineage.scope import thing_of
from twin.queries.clocks import Clocks
from twin.queries.recall_impact import recall_closure
from twin.queries.rings import Reached, Way
from twin.records.recall import RecallScope, ToolScope
from twin.vocabulary.things import LABELS

Name: TypeAlias = tuple[str, str]
"""A thing as label and key."""

_ALWAYS: Final = frozenset({"MaterialDefined"})
"""Which material is which may change with any of these, whatever it names."""

_CUT_THINGS: Final = 256
"""A change that names so many things may name more (twin/projection/worker.py)."""

_TRACKING: Final = frozenset({"LotTrackedIn", "LotTrackedOut", "TrackInCancelled"})
_MOUNTS: Final = frozenset({"MaterialMounted", "MaterialUnmounted"})
_ORIGIN: Final = frozenset({"MaterialLotReceived", "MaterialMixed", "MaterialThawed"})
_USE: Final = frozenset({"MaterialConsumed"})
_KNOWN_BY: Final = frozenset({"MaterialLotReceived", "MaterialMixed"})
_BY_NAME: Final = {"Order": frozenset({"OrderReceived"}), "Equipment": frozenset({"EquipmentRegistered"})}
_ANY: Final = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Watch:
    """What an answer rests upon: thing to the types of events about it that matter, "*" for all."""

    things: dict[Name, frozenset[str]]

    def is_touched(self, event_type: str, things: Sequence[Name]) -> bool:
        """Whether an event of this type about these things could change the answer.

        A void is about what its target was about, whatever the target's type.
        """
        if event_type in _ALWAYS or len(things) >= _CUT_THINGS:
            return True
        watched = self.things
        for thing in things:
            types = watched.get(thing)
            if types is not None and (event_type in types or types is _ANY or event_type == "EventVoided"):
                return True
        return False


async def watched_recall(graph: Graph, scope: RecallScope, clocks: Clocks) -> tuple[list[Event], Watch]:
    """The events that the answer to a scope rests on, and which later ones could change it."""
    closure = await recall_closure(graph, scope, clocks)
    events = await closure.complete()
    return events, watch_of(scope, closure.reached, events)


def watch_of(scope: RecallScope, reached: Iterable[Reached], events: Sequence[Event]) -> Watch:
    """What to watch of a walk: what it went over, its seed, and what its events name."""
    origins = {name for event in events if event.type in _KNOWN_BY for name in named(event.fact)}
    things: dict[Name, frozenset[str]] = {}
    for event in events:
        for name in named(event.fact):
            if (types := _BY_NAME.get(name[0])) is not None:
                things[name] = types
    for way, label, key in reached:
        _add(things, (label, key), _types(way, (label, key), origins))
    for name, types in _seed(scope, events):
        _add(things, name, types)
    return Watch(things)


def _types(way: Way, name: Name, origins: set[Name]) -> frozenset[str]:
    if name[0] == "Equipment":
        return _MOUNTS
    if way is Way.NAMED:
        return _ORIGIN if name in origins else _ORIGIN | _USE
    return _ANY


def _seed(scope: RecallScope, events: Sequence[Event]) -> Iterable[tuple[Name, frozenset[str]]]:
    """The suspect itself; a machine, operator or recipe matters where lots are tracked with it."""
    suspect = thing_of(scope)
    label = LABELS[suspect.kind]
    yield (label, suspect.key), _TRACKING if label in ("Equipment", "Operator") else _ANY
    if isinstance(scope, ToolScope):
        for event in events:
            fact = event.fact
            if isinstance(fact, ToolMounted | ToolUnmounted) and fact.tool_id == scope.tool_id:
                yield ("Equipment", fact.equipment_id), _TRACKING


def _add(things: dict[Name, frozenset[str]], name: Name, types: frozenset[str]) -> None:
    before = things.get(name, frozenset())
    things[name] = _ANY if _ANY in (before, types) else before | types
