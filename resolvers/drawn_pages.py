"""Pages of a drawn walk: each tells the things that come next, and the lines that lead to them.

A cursor keeps the moment up to which the first page knew, so that all pages are of one answer, and the
group whose things are asked for, if any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resolvers.shown import ShownGroup
from twin.errors import Refused
from twin.lineage.drawing import drawn, inside
from twin.queries.cursors import Place, cursor_of, place_of
from twin.queries.paging import sliced
from twin.records.genealogy import Drawing, DrawnEdge, LineageEdge, LineageGroup, LineageNode
from twin.records.page import Cursor
from twin.vocabulary.instants import Instant

_WHOLE = ""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page of a walk begins: the moment that the first page knew of, and the group it is inside."""

    known_at: Instant
    group: str


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """Some things and groups of a walk, what leads to them, and how to go on."""

    nodes: tuple[LineageNode, ...]
    groups: tuple[ShownGroup, ...]
    edges: tuple[DrawnEdge, ...]
    more: Cursor | None


def start_of(name: str, after: Cursor | None) -> Start | None:
    """Where the page that a cursor asks for begins; None for the first.

    Raises:
        Refused: ``cursor.bad`` for a cursor that this walk did not give out.
    """
    place = place_of(name, after)
    if place is None:
        return None
    known_at, group = place[0], place[1] if len(place) == 5 else None
    if not isinstance(known_at, int) or not isinstance(group, str):
        raise _not_ours()
    return Start(Instant(known_at), group)


def page_of(
    name: str, drawing: Drawing, known_at: Instant, group: str, first: int, after: Cursor | None
) -> DrawnPage:
    """The things of a drawing that come behind a cursor."""

    def place(item: LineageNode | LineageGroup) -> Place:
        return (known_at, group, *item.place)

    page = sliced(name, drawing.items, place, first, after)
    more = page.page_info.end_cursor if page.page_info.has_next_page else None
    if page.page_info.has_next_page and not page.nodes:
        more = after or _before_all(name, known_at, group)
    return DrawnPage(
        tuple(item for item in page.nodes if isinstance(item, LineageNode)),
        tuple(_shown(name, known_at, item) for item in page.nodes if isinstance(item, LineageGroup)),
        _edges(drawing, page.nodes),
        more,
    )


def drawing_of(
    nodes: Sequence[LineageNode], edges: Sequence[LineageEdge], collapse: int | None, group: str
) -> Drawing:
    """What is drawn of a walk, or of one of its groups.

    Raises:
        Refused: ``cursor.bad`` for a group that there is not.
    """
    drawing = drawn(nodes, edges, collapse)
    if group == _WHOLE:
        return drawing
    for item in drawing.items:
        if isinstance(item, LineageGroup) and item.key == group:
            return inside(item, nodes, edges, drawing)
    raise _not_ours()


def _shown(name: str, known_at: Instant, group: LineageGroup) -> ShownGroup:
    return ShownGroup(
        group.kind, group.key, group.level, group.order, group.count, group.until, group.since,
        _before_all(name, known_at, group.key),
    )  # fmt: skip


def _before_all(name: str, known_at: Instant, group: str) -> Cursor:
    return cursor_of(name, (known_at, group, -1, "", ""))


def _edges(drawing: Drawing, shown: Sequence[LineageNode | LineageGroup]) -> tuple[DrawnEdge, ...]:
    """The lines whose later end is on this page: over all pages each comes once.

    What a group hangs on is on no page of its own; its lines come with the things inside.
    """
    number = {item.key: place for place, item in enumerate(drawing.items)}
    here = {number[item.key] for item in shown}
    return tuple(
        edge
        for edge in drawing.edges
        if max(number.get(edge.source, -1), number.get(edge.target, -1)) in here
    )


def _not_ours() -> Refused:
    return Refused("The cursor is none that this list gave out.", code="cursor.bad", field="after")
