"""Which projection a graph was made by, so that one made by an older program is never written on."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.graph.session import Graph
from twin.projection.arrival import LEASE

PROJECTION: Final = 5
"""Counts up when equal events become another graph than before; a graph of a lower number is built anew."""

MADE_BY: Final[LiteralString] = """
    MATCH (lease:Lease {lease_id: $lease_id})
    RETURN lease.projection AS projection
"""

STAMP: Final[LiteralString] = """
    MERGE (lease:Lease {lease_id: $lease_id})
    ON CREATE SET lease.fencing = 0
    SET lease.projection = $projection
"""

_UNSTAMPED: Final = 1


async def made_by(graph: Graph) -> int | None:
    """The number of the projection that wrote the graph; None when nobody has written yet."""
    rows = await graph.read(MADE_BY, lease_id=LEASE)
    if not rows:
        return None
    found = rows[0]["projection"]
    return _UNSTAMPED if found is None else int(found)


async def stamp(graph: Graph, projection: int = PROJECTION) -> None:
    """Say in the graph which projection writes it from now on."""
    await graph.write_with(lambda tx: tx.write(STAMP, lease_id=LEASE, projection=projection))
