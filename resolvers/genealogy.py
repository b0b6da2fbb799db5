"""Genealogy: a walk folded once, shown page by page with the edges that lead to each page's things."""

from __future__ import annotations

import asyncio
import time

from strawberry import Parent

from resolvers.asking import Info, ask_at
from resolvers.drawn_pages import drawing_of, page_of, start_of
from resolvers.inputs import ThingRef
from resolvers.nodes import load_thing
from resolvers.references import thing_asked
from resolvers.shown import Genealogy
from twin.errors import Refused
from twin.queries.answers import answer_about
from twin.queries.clocks import LIVE
from twin.queries.commonality import commonality as shared_ancestors
from twin.queries.genealogy import genealogy
from twin.queries.paging import size
from twin.queries.watermark import watermark
from twin.records.answer import SuspectFactor, Watermark
from twin.records.event import EventRecord
from twin.records.genealogy import DrawnEdge, LineageNode
from twin.records.material import Quantity
from twin.records.page import Cursor
from twin.vocabulary.instants import Instant
from twin.vocabulary.roles import Role
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import ThingKind

_MOST_NODES = 1_500


async def walk(  # noqa: PLR0913, PLR0917 - the arguments of the contract
    info: Info,
    of: ThingRef,
    direction: TraceDirection,
    depth: int | None = None,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    first: int | None = 500,
    after: Cursor | None = None,
    collapse: int | None = None,
) -> Genealogy:
    """Backward or forward walk as a bounded, drawable graph.

    With `collapse`, more than so many things of one kind that hang on the same things are drawn as one group.
    """
    wanted, root = size(first, default=500, most=_MOST_NODES), thing_asked(of)
    _check(depth, collapse)
    name = f"genealogy {root} {direction.value} {as_of} {known_at} {depth} {collapse}"
    start = start_of(name, after)
    clocks = ask_at(info, as_of, known_at if start is None else start.known_at)
    async with info.context.limits.heavy:
        lineage, read_up_to = await asyncio.gather(
            genealogy(info.context.graph, root, direction, clocks, info.context.index),
            watermark(info.context.graph),
        )
    shown = _kinds_shown(info)
    nodes = [n for n in lineage.nodes if (depth is None or n.level <= depth) and n.kind in shown]
    learned = _learned(read_up_to) if clocks.known_at is None else clocks.known_at
    group = "" if start is None else start.group
    drawing = drawing_of(nodes, lineage.edges, collapse, group)
    cut = page_of(name, drawing, learned, group, wanted, after)
    return Genealogy(
        root=lineage.root,
        nodes=cut.nodes,
        groups=cut.groups,
        edges=cut.edges,
        answer=await answer_about(
            info.context.graph, clocks, lineage.findings, go_on=cut.more, read_up_to=read_up_to
        ),
    )


async def factors(
    info: Info, bad: list[ThingRef], good: list[ThingRef] | None = None, first: int | None = 20
) -> list[SuspectFactor]:
    """Shared ancestors of bad things, ranked by lift against the good ones.

    Without `good`: against other lots of the same products, or for units against others of the same and such
    lots, made about then; at most 200 things are compared. An empty list compares with nothing.
    """
    wanted = size(first, default=20)
    async with info.context.limits.heavy:
        found = await shared_ancestors(
            info.context.graph,
            [thing_asked(of) for of in bad],
            None if good is None else [thing_asked(of) for of in good],
        )
    shown = _kinds_shown(info)
    return [factor for factor in found if factor.kind in shown][:wanted]


def _kinds_shown(info: Info) -> frozenset[ThingKind]:
    """A planner sees machines and materials, not the people behind them."""
    everything = frozenset(ThingKind)
    return everything - {ThingKind.OPERATOR} if info.context.viewer.role is Role.PLANNER else everything


async def node(root: Parent[LineageNode], info: Info) -> object:
    """The thing itself; null for a kind without a type of its own."""
    return await load_thing(info, root.thing)


def edge_from(root: Parent[DrawnEdge]) -> str:
    """The thing it starts at, as KIND:key."""
    return root.source


def edge_to(root: Parent[DrawnEdge]) -> str:
    """The thing it ends at, as KIND:key."""
    return root.target


def edge_quantity(root: Parent[DrawnEdge]) -> Quantity | None:
    """How much moved, where the fact says so."""
    return None if root.quantity is None else Quantity(root.quantity, root.unit or "PCS")


async def edge_event(root: Parent[DrawnEdge], info: Info) -> EventRecord | None:
    """The event that says so; null for a derived relation."""
    if root.event_id is None:
        return None
    return await info.context.loaders.events.load((root.event_id, LIVE))


def _check(depth: int | None, collapse: int | None) -> None:
    if depth is not None and depth < 0:
        raise Refused("depth counts edges and is 0 or more.", code="depth.bad", field="depth")
    if collapse is not None and collapse < 1:
        raise Refused("collapse counts things and is 1 or more.", code="collapse.bad", field="collapse")


def _learned(read_up_to: Watermark) -> Instant:
    """The latest fact that the twin had learned by then."""
    known = [source.recorded_at for source in read_up_to.sources if source.recorded_at is not None]
    return max(known, default=Instant(time.time_ns() // 1_000_000))
