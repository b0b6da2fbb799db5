"""Work in progress."""

from __future__ import annotations

from resolvers.asking import Info
from twin.queries.wip import wip_board
from twin.records.wip import WipBoard


async def board(info: Info, line_id: str | None = None) -> WipBoard:
    """Work in progress by operation, of a line or of the plant."""
    return await wip_board(info.context.graph, line_id)
