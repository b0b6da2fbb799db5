"""The board of work in progress as it can be followed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from resolvers.live_cohorts import Answered
from resolvers.live_topics import Common, scope_name
from twin.graph.session import Graph
from twin.queries.wip import wip_board
from twin.records.frame import WipFrame
from twin.records.wip import WipBoard
from twin.stream.change_feed import ChangedEvent

_MOVES_LOTS: Final = frozenset({"EquipmentRegistered", "EventVoided"})
"""Facts that may move lots on a board without naming one: a machine changes its line, a fact is withdrawn."""


@dataclass(frozen=True, slots=True)
class BoardNow:
    """The board of a line, or of the plant."""

    is_whole: ClassVar[bool] = True

    graph: Graph
    line_id: str | None

    @property
    def name(self) -> str:
        """Bound to the line."""
        return scope_name("wipBoard", self.line_id)

    def concerns(self, event: ChangedEvent) -> bool:
        """Every event of a lot could move the board."""
        return event.type in _MOVES_LOTS or any(label == "Lot" for label, _ in event.things)

    async def ask(self) -> Answered[WipBoard]:
        """The board now; boards that differ in their moment only are equal."""
        board = await wip_board(self.graph, self.line_id)
        return Answered(board, hashlib.blake2b(repr(board.stages).encode(), digest_size=12).hexdigest())

    def cause(
        self,
        before: WipBoard,  # noqa: ARG002
        now: WipBoard,  # noqa: ARG002
        events: Sequence[ChangedEvent],
        *,
        sure: bool,  # noqa: ARG002
    ) -> str | None:
        """The latest event; boards do not show it."""
        return events[-1].event_id if events else None

    def whole(self, value: WipBoard) -> Mapping[str, Any]:
        """The board."""
        return {"board": value}

    def idle(self, value: WipBoard) -> Mapping[str, Any]:
        """The board that was sent before."""
        return {"board": value}

    async def change(self, before: WipBoard, now: WipBoard, because: str | None) -> Mapping[str, Any]:  # noqa: ARG002
        """The whole board: it is small."""
        return {"board": now}

    def frame(self, common: Common, fields: Mapping[str, Any]) -> WipFrame:
        """One frame of this subject."""
        return WipFrame(**common, **fields)
