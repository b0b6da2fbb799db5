"""The folds that the projector keeps in memory, the least used forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from twin.events.event import Event
from twin.folds.source import Heard
from twin.folds.suspicion import Suspicion

Name: TypeAlias = tuple[str, str]
"""Label and key of a thing."""

_ROOM: Final = 10_000
"""Weight of the folds that are kept: of lots about 100 MB."""


class Folded(Protocol):
    """What the projector asks of a fold."""

    @property
    def key(self) -> str:
        """The key of the thing."""
        ...

    @property
    def weight(self) -> int:
        """How much room it takes."""
        ...

    def absorb(self, event: Event) -> bool:
        """Count one more event; False asks for a fold of all events."""
        ...

    def give_back(self, event: Event) -> frozenset[str] | None:
        """Count one event less; what earlier ones have to tell now, None asks for a fold of all events."""
        ...

    def properties(self) -> dict[str, Any]:
        """The thing as the graph stores it."""
        ...

    def suspicions(self) -> tuple[Suspicion, ...]:
        """What is odd about it."""
        ...


@dataclass(slots=True)
class Holding:
    """A fold in memory, with what the graph already holds of it (None: not known)."""

    fold: Folded
    written: dict[str, Any] = field(default_factory=dict)
    findings: dict[str, Suspicion | None] = field(default_factory=dict)
    parts: dict[str, dict[str, dict[str, Any] | None]] = field(default_factory=dict)
    weight: int = 1


class Held:
    """Folds by label and key, within a bounded room."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._taken = 0
        self._holdings: OrderedDict[Name, Holding] = OrderedDict()
        self.sources: dict[str, Heard] = {}
        """What was heard from each source."""

    def get(self, name: Name) -> Holding | None:
        """The holding of a thing, if it is still in memory."""
        holding = self._holdings.get(name)
        if holding is not None:
            self._holdings.move_to_end(name)
        return holding

    def put(self, name: Name, holding: Holding) -> None:
        """Keep a holding; its weight is taken as it is now."""
        before = self._holdings.get(name)
        self._taken -= 0 if before is None else before.weight
        holding.weight = holding.fold.weight
        self._holdings[name] = holding
        self._holdings.move_to_end(name)
        self._taken += holding.weight

    def shrink(self) -> None:
        """Forget the least used until the rest has room."""
        while self._taken > self._room and self._holdings:
            _, forgotten = self._holdings.popitem(last=False)
            self._taken -= forgotten.weight

    def clear(self) -> None:
        """Forget everything: what is in the graph is no longer known."""
        self._holdings.clear()
        self.sources.clear()
        self._taken = 0
