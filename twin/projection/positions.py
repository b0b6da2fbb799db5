"""How far the graph is, by shard of each outbox."""

from __future__ import annotations

from twin.graph.session import Graph
from twin.projection.markers import REACHED


async def shard_positions(graph: Graph) -> dict[str, int]:
    """The last place of every shard that the graph holds, by "outbox/shard"."""
    return {row["position_id"]: row["seq"] for row in await graph.read(REACHED)}
