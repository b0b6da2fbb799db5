"""A walk back to what went in, or forward to what came out, as a drawable graph (semantics.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.records.recall import LineageFinding
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind


@dataclass(frozen=True, slots=True)
class LineageNode:
    """A thing of the walk: its depth in edges, its place within that depth, and its time bound.

    ``until`` (ancestors) is the latest moment up to which it matters, ``since`` (descendants) the earliest.
    """

    thing: Thing
    label: str
    level: int
    order: int
    until: Instant | None = None
    since: Instant | None = None

    @property
    def key(self) -> str:
        """The key as answers spell it, ``KIND:key``."""
        return str(self.thing)

    @property
    def kind(self) -> ThingKind:
        """The kind of thing."""
        return self.thing.kind

    @property
    def place(self) -> tuple[int, str, str]:
        """Where it stands in the whole walk: by level, kind and key."""
        return (self.level, self.thing.kind.value, self.thing.key)


@dataclass(frozen=True, slots=True)
class LineageGroup:
    """Many things of one kind on one level that hang on the same things, drawn as one.

    ``until`` and ``since`` are the widest of its things.
    """

    kind: ThingKind
    level: int
    order: int
    members: tuple[LineageNode, ...]
    until: Instant | None = None
    since: Instant | None = None

    @property
    def key(self) -> str:
        """What edges name it by: ``GROUP:`` and its first thing."""
        return f"GROUP:{self.members[0].thing}"

    @property
    def count(self) -> int:
        """How many things it stands for."""
        return len(self.members)

    @property
    def place(self) -> tuple[int, str, str]:
        """Where it stands in the whole walk: where its first thing would."""
        return self.members[0].place


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """One fact between two nodes, always told in the direction in which material flows."""

    source: Thing
    target: Thing
    relation: str
    quantity: float | None = None
    unit: str | None = None
    at: Instant | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """A line between two things or groups as drawn; one that stands for several facts tells no more."""

    source: str
    target: str
    relation: str
    quantity: float | None = None
    unit: str | None = None
    at: Instant | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn of a walk: things and groups by level and order, and the lines between them."""

    items: tuple[LineageNode | LineageGroup, ...]
    edges: tuple[DrawnEdge, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """The whole walk from a root; nodes come by level and order, the root first."""

    root: LineageNode
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    findings: tuple[LineageFinding, ...]
