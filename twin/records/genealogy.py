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
class Lineage:
    """The whole walk from a root; nodes come by level and order, the root first."""

    root: LineageNode
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    findings: tuple[LineageFinding, ...]
