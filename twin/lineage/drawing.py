"""A walk drawn small: many things alike that hang on the same things become one group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from twin.records.genealogy import Drawing, DrawnEdge, LineageEdge, LineageGroup, LineageNode
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

_Alike: TypeAlias = tuple[ThingKind, frozenset[str]]
_Item: TypeAlias = LineageNode | LineageGroup


def drawn(nodes: Sequence[LineageNode], edges: Sequence[LineageEdge], most: int | None) -> Drawing:
    """The things of a walk by level and order; of more than ``most`` alike on the same things, one group.

    None groups nothing.
    """
    names = {node.thing: node.key for node in nodes}
    known = [edge for edge in edges if edge.source in names and edge.target in names]
    if most is None:
        return Drawing(tuple(nodes), tuple(_edge(edge, names) for edge in known))
    nearer = _nearer(nodes, known)
    items: list[_Item] = []
    for _, level in groupby(nodes, attrgetter("level")):
        alike: dict[_Alike, list[LineageNode]] = {}
        for node in level:
            held_by = frozenset(names[thing] for thing in nearer.get(node.thing, ()))
            alike.setdefault((node.kind, held_by), []).append(node)
        items += _level(alike.values(), most, names)
    return Drawing(tuple(items), _merged(known, names))


def inside(
    group: LineageGroup, nodes: Sequence[LineageNode], edges: Sequence[LineageEdge], drawing: Drawing
) -> Drawing:
    """The things of one group with the facts about them; what they hang on keeps the name it is drawn by."""
    members = {node.thing for node in group.members}
    names = {node.thing: node.key for node in nodes}
    for item in drawing.items:
        if isinstance(item, LineageGroup):
            names |= {node.thing: item.key for node in item.members}
    names |= {thing: str(thing) for thing in members}
    about = [edge for edge in edges if edge.source in members or edge.target in members]
    known = (edge for edge in about if edge.source in names and edge.target in names)
    return Drawing(group.members, tuple(_edge(edge, names) for edge in known))


def _nearer(nodes: Sequence[LineageNode], edges: Iterable[LineageEdge]) -> dict[Thing, list[Thing]]:
    """For each thing those one level nearer to the root that a fact ties it to."""
    levels = {node.thing: node.level for node in nodes}
    nearer: dict[Thing, list[Thing]] = {}
    for edge in edges:
        apart = levels[edge.target] - levels[edge.source]
        if apart == 1:
            nearer.setdefault(edge.target, []).append(edge.source)
        elif apart == -1:
            nearer.setdefault(edge.source, []).append(edge.target)
    return nearer


def _level(alike: Iterable[list[LineageNode]], most: int, names: dict[Thing, str]) -> list[_Item]:
    """One level as it is drawn, its places counted anew."""
    found: list[_Item] = []
    for members in alike:
        if len(members) <= most:
            found += members
            continue
        group = _group(members)
        found.append(group)
        names |= {node.thing: group.key for node in members}
    found.sort(key=lambda item: item.place)
    return [replace(item, order=order) for order, item in enumerate(found)]


def _group(members: list[LineageNode]) -> LineageGroup:
    return LineageGroup(
        members[0].kind,
        members[0].level,
        members[0].order,
        tuple(members),
        until=_widest(max, [node.until for node in members]),
        since=_widest(min, [node.since for node in members]),
    )


def _widest(pick: Callable[[list[Instant]], Instant], times: list[Instant | None]) -> Instant | None:
    known = [time for time in times if time is not None]
    return pick(known) if len(known) == len(times) else None


def _edge(edge: LineageEdge, names: dict[Thing, str]) -> DrawnEdge:
    ends = names[edge.source], names[edge.target]
    return DrawnEdge(
        *ends, edge.relation, quantity=edge.quantity, unit=edge.unit, at=edge.at, event_id=edge.event_id
    )


def _merged(edges: Iterable[LineageEdge], names: dict[Thing, str]) -> tuple[DrawnEdge, ...]:
    """Facts between the same two groups become one line, without the amount, time and event of each."""
    drawn_once: dict[tuple[str, str, str], DrawnEdge] = {}
    plain: list[DrawnEdge] = []
    for edge in edges:
        line = _edge(edge, names)
        if line.source == str(edge.source) and line.target == str(edge.target):
            plain.append(line)
        elif line.source != line.target:
            ends = (line.source, line.target, line.relation)
            drawn_once[ends] = DrawnEdge(*ends) if ends in drawn_once else line
    return (*plain, *drawn_once.values())
