"""What one request carries: who asks, the graph, and what was already fetched for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from resolvers.inputs import RecallScope
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.index.index import LineageIndex
from twin.queries.parameter_series import Samples
from twin.records.case import RecallCase
from twin.records.frame import AlarmFrame, CaseFrame, EquipmentFrame, LotFrame, RecallFrame, WipFrame
from twin.records.page import Cursor
from twin.records.recall import Exposure


class Live(Protocol):
    """Who tells subscribers what changed (resolvers/live.py)."""

    def equipment_states(
        self, context: Context, line_id: str | None, equipment_ids: list[str] | None, after: Cursor | None
    ) -> AsyncGenerator[EquipmentFrame, None]:
        """The machines of a line, or those named, and what changes of them."""
        ...

    def lot_events(
        self, context: Context, lot_id: str, after: Cursor | None
    ) -> AsyncGenerator[LotFrame, None]:
        """A lot, and every event that touches it."""
        ...

    def alarm_events(
        self, context: Context, line_id: str | None, minimum_level: int | None, after: Cursor | None
    ) -> AsyncGenerator[AlarmFrame, None]:
        """The open alarms, and what changes of them."""
        ...

    def wip_board(
        self, context: Context, line_id: str | None, after: Cursor | None
    ) -> AsyncGenerator[WipFrame, None]:
        """The board, and every change of it."""
        ...

    def recall_impact(
        self, context: Context, scope: RecallScope, after: Cursor | None
    ) -> AsyncGenerator[RecallFrame, None]:
        """The answer to a recall scope, and every change of it."""
        ...

    def recall_case(
        self, context: Context, case: RecallCase, after: Cursor | None
    ) -> AsyncGenerator[CaseFrame, None]:
        """What joins and leaves a recall case, and why."""
        ...


class Progress(Protocol):
    """How far the projection is, as this process knows: at least as far as the request asked to see."""

    @property
    def positions(self) -> Mapping[str, int]:
        """The last place of every shard that is projected, by "outbox/shard"."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one process does at once, and how much one answer may hold."""

    heavy: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """Recalls and walks that are folded in threads at the same time."""


@cache
def limits_of_process() -> Limits:
    """The limits that all requests of this process share."""
    return Limits()


@dataclass(slots=True)
class Context:
    """One request; ``clocks`` and ``exposures`` are kept by the alias of their root field."""

    graph: Graph
    viewer: Viewer
    loaders: Loaders
    live: Live | None = None
    progress: Progress | None = None
    samples: Samples | None = None
    cases: object | None = None
    limits: Limits = field(default_factory=limits_of_process)
    index: LineageIndex | None = None
    request_id: str = ""
    clocks: dict[str | int, Clocks] = field(default_factory=dict)
    exposures: dict[tuple[object, Clocks], Exposure] = field(default_factory=dict)
    asked_only: dict[tuple[str | None, ...], bool] = field(default_factory=dict)
    """Whether a field at a place of the question is all that is asked there."""

    def forget(self) -> None:
        """Let go of the large answers once they are sent; what else the request held is small."""
        self.exposures.clear()
