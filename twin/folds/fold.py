"""The folds of single things: what counted events tell about one thing, in any order of arrival.

Most of what a thing is, is what the latest event said of it. Each such value is kept with the order of the
event that told it, so that a late event changes nothing that a newer one said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any, ClassVar, Final

import msgspec
from msgspec import Struct

from twin.events.event import Event, OrderKey
from twin.events.fact import Fact
from twin.folds.clock import is_ahead
from twin.folds.suspicion import Suspicion, dated_ahead
from twin.vocabulary.graph import FOLDED, NODES

_NAMES: Final = {
    label: tuple(name for name in node.properties if name not in FOLDED) for label, node in NODES.items()
}


class Fold(Struct):
    """One thing as its counted events tell it."""

    label: ClassVar[str]
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset()
    resumable: ClassVar[bool] = True
    told_by_latest: ClassVar[frozenset[str]] = frozenset()
    """What takes the latest events of all to be told again, not only those before one taken back."""

    key: str
    revision: int = 0
    told: dict[str, tuple[OrderKey, Any]] = msgspec.field(default_factory=dict)

    def absorb(self, event: Event) -> bool:
        """Count one more event; False when only a fold of all events in their order can tell."""
        self.revision += 1
        order = event.order
        self._tell("updated_at", order, event.occurred_at)
        if is_ahead(event):
            self._tell("ahead", order, event.event_id)
        if self.defines(event):
            self._tell("defined", order, True)  # noqa: FBT003 - a value like any other
        for name, value in self.tells(event).items():
            self._tell(name, order, value)
        return self.step(event)

    def give_back(self, event: Event) -> frozenset[str] | None:
        """Count one event less: what earlier events have to tell again; None when only all of them can."""
        stepped = self.step_back(event)
        if stepped is None:
            return None
        self.revision -= 1
        untold = [name for name, (order, _) in self.told.items() if order == event.order]
        for name in untold:
            del self.told[name]
        return stepped.union(untold)

    def tell_again(self, event: Event, names: Set[str]) -> Set[str] | None:
        """Let an event that counts already tell some names again, called with later events first.

        The names that are told for good now; None when only all events can.
        """
        says = {"updated_at": event.occurred_at, **self.tells(event)}
        if is_ahead(event):
            says["ahead"] = event.event_id
        if self.defines(event):
            says["defined"] = True
        told = names & says.keys()
        for name in told:
            self._tell(name, event.order, says[name])
        return told

    def defines(self, event: Event) -> bool:
        """Whether the event is the one that makes the thing known."""
        return type(event.fact) in self.defined_by

    def tells(self, event: Event) -> Mapping[str, Any]:  # noqa: ARG002 - for the fold of one label
        """What the event says of this thing, by the names of its properties."""
        return {}

    def step(self, event: Event) -> bool:  # noqa: ARG002
        """What the event means beyond the latest values; False asks for a fold of all events."""
        return True

    def step_back(self, event: Event) -> frozenset[str] | None:  # noqa: ARG002
        """Undo the step of an event: names of what earlier events have to tell again; None asks for all."""
        return frozenset()

    @property
    def inferred(self) -> bool:
        """Whether the thing is only named, and never defined."""
        return bool(self.defined_by) and "defined" not in self.told

    @property
    def is_unknown(self) -> bool:
        """Whether something that counts names the thing, and nothing defines it."""
        return self.inferred and self.revision > 0

    def properties(self) -> dict[str, Any]:
        """The thing as the graph stores it; None for what nobody told."""
        told = self.told
        values: dict[str, Any] = {
            name: told[name][1] if name in told else None for name in _NAMES[self.label]
        }
        values["inferred"] = self.inferred
        values["revision"] = self.revision
        values["updated_at"] = told["updated_at"][1] if "updated_at" in told else None
        return values

    def suspicions(self) -> tuple[Suspicion, ...]:
        """What is odd about the thing now."""
        return ()

    def dated_ahead(self, kind: str) -> Iterator[Suspicion]:
        """The finding about a clock, when an event of the thing is dated after its record."""
        event_id = self.latest("ahead")
        if event_id is not None:
            yield dated_ahead(f"{kind}:{self.key}", event_id)

    def latest(self, name: str) -> Any:  # noqa: ANN401 - as the event said it
        """What the latest event said of one property, or None."""
        told = self.told.get(name)
        return None if told is None else told[1]

    def told_at(self, name: str) -> OrderKey | None:
        """The order of the event that told one property."""
        told = self.told.get(name)
        return None if told is None else told[0]

    @property
    def weight(self) -> int:
        """How much room the fold takes beside others, 1 for a small one."""
        return 1

    def _tell(self, name: str, order: OrderKey, value: object) -> None:
        kept = self.told.get(name)
        if kept is None or kept[0] <= order:
            self.told[name] = (order, value)


def said(fact: Fact, *names: str) -> dict[str, Any]:
    """The named fields of a fact that it holds a value for."""
    return {name: value for name in names if (value := getattr(fact, name)) is not None}
