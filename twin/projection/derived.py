"""Nodes that a fold derives from the few events that tell of them, and that know which events those are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import LiteralString, NamedTuple, TypeVar

from twin.events.event import Event
from twin.graph.session import Transaction
from twin.projection.held import Name
from twin.projection.projection import Row
from twin.projection.refold import Touched
from twin.projection.stored import stored_events

K = TypeVar("K", bound=Hashable)


class Derived(NamedTuple):
    """A node as its fold tells it, and the events that say so."""

    key: str
    properties: Row
    told_by: tuple[str, ...]


@dataclass(slots=True)
class Rewritten:
    """The nodes to drop, those to add, and which events tell of these."""

    gone: list[Row] = field(default_factory=list)
    new: list[Row] = field(default_factory=list)
    ties: list[Row] = field(default_factory=list)

    def turn(self, before: Iterable[Derived], after: Iterable[Derived]) -> None:
        """Add what turns some nodes into others; one that changed is dropped and added again."""
        was, now = {one.key: one for one in before}, {one.key: one for one in after}
        self.gone += [{"key": key} for key, one in was.items() if now.get(key) != one]
        for key, one in now.items():
            if was.get(key) != one:
                self.new.append({"key": key, "properties": one.properties})
                self.ties += [{"key": key, "event_id": event_id} for event_id in one.told_by]


def brought(
    touched: Mapping[Name, Touched], labels: Sequence[str], group: Callable[[Event], K | None]
) -> dict[K, Touched]:
    """What a batch brings to each group of the events of things of some labels."""
    found: defaultdict[K, Touched] = defaultdict(Touched)
    for name, change in touched.items():
        if name[0] in labels:
            for event in change.fresh:
                if (key := group(event)) is not None:
                    found[key].fresh.append(event)
            for event in change.returned:
                if (key := group(event)) is not None:
                    found[key].returned.append(event)
    return found


def without(events: Iterable[Event], change: Touched) -> list[Event]:
    """The events that still count, and the new ones."""
    gone = {event.event_id for event in change.returned}
    return [*(event for event in events if event.event_id not in gone), *change.fresh]


async def told(tx: Transaction, statement: LiteralString, keys: list[str]) -> dict[str, list[Event]]:
    """The counted events that the graph's nodes were told by, by the key that the statement asks by."""
    rows = await tx.read(statement, keys=keys)
    if not rows:
        return {}
    events = {one.event_id: one for one in await stored_events(tx, [row["event_id"] for row in rows])}
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for row in rows:
        found[row["key"]].append(events[row["event_id"]])
    return found
