"""How far the twin has read, as a whole and source by source."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.graph.session import Graph
from twin.intake.watermark import Watermark as Progress
from twin.queries.things import Row
from twin.records.answer import SourceWatermark, Watermark

STATEMENT: Final[LiteralString] = """
    MATCH (source:Source) RETURN 'source' AS kind, source AS row
    UNION ALL
    MATCH (position:ShardPosition) RETURN 'position' AS kind, position AS row
"""


async def watermark(graph: Graph) -> Watermark:
    """What is projected: the token covers every shard, the rows tell of every source."""
    rows = await graph.read(STATEMENT)
    sources = sorted((row["row"] for row in rows if row["kind"] == "source"), key=lambda r: r["source_id"])
    positions = (row["row"] for row in rows if row["kind"] == "position")
    token = Progress({row["position_id"]: row["seq"] for row in positions})
    return Watermark(token.encode(), tuple(_source(row) for row in sources))


def _source(row: Row) -> SourceWatermark:
    sequence = row.get("max_sequence")
    return SourceWatermark(
        source=row["source_id"],
        occurred_at=row.get("occurred_at"),
        recorded_at=row.get("recorded_at"),
        sequence=None if sequence is None else str(sequence),
        gaps=row.get("gaps") or 0,
    )
