"""How far the graph is, by shard of each outbox."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.graph.session import Graph

REACHED: Final[LiteralString] = """
    MATCH (position:ShardPosition)
    RETURN position.position_id AS position_id, position.seq AS seq
"""


async def shard_positions(graph: Graph) -> dict[str, int]:
    """The last place of every shard that the graph holds, by "outbox/shard"."""
    return {row["position_id"]: row["seq"] for row in await graph.read(REACHED)}
