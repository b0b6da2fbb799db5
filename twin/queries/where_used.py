"""Where a thing was used, one level."""

from __future__ import annotations

from typing import Final

from twin.errors import Refused
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import histories
from twin.queries.index.index import LineageIndex
from twin.queries.uses import USING, uses
from twin.records.material import Use
from twin.vocabulary.things import LABELS, Thing, ThingKind

_USED: Final = frozenset(
    {
        ThingKind.MATERIAL_LOT,
        ThingKind.SUBSTRATE,
        ThingKind.TOOL,
        ThingKind.LOT,
        ThingKind.UNIT,
        ThingKind.CONTAINER,
    }
)


async def where_used(
    graph: Graph, thing: Thing, clocks: Clocks, index: LineageIndex | None = None
) -> tuple[Use, ...]:
    """Every fact by which the thing went into another, the earliest first.

    A warm index knows it of lots and material lots; else the graph does, and says the same.

    Raises:
        Refused: ``thing.bad_kind`` for a kind that nothing is made of.
    """
    if thing.kind not in _USED:
        allowed = ", ".join(sorted(_USED))
        raise Refused(f"whereUsed asks about one of: {allowed}.", code="thing.bad_kind", field="of")
    known = None if index is None else await index.used(thing, clocks)
    if known is not None:
        return known
    names = [fact.__name__ for fact in USING]
    events = (await histories(graph, LABELS[thing.kind], [thing.key], clocks, names))[thing.key]
    return tuple(use for event in events for use in uses(thing, event))
