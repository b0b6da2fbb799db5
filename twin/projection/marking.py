"""Marks new events and ties each to all that it names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from twin.graph.session import Transaction
from twin.projection.held import Name
from twin.projection.markers import KEEP_AND_MARK, MARK, MARK_AT_MACHINE, Marker
from twin.projection.pieces import pieces, send
from twin.projection.plan import Plan
from twin.projection.projection import Row
from twin.projection.sources import KEEP_SOURCES
from twin.projection.things import KEEP, TIE

_Marks: TypeAlias = list[list[str | int | None]]
"""Markers as plain lists: the driver turns whatever else it is given into one."""


class Marked(NamedTuple):
    """New events by the things that they are tied to at once; and the ties that are left, by thing.

    By the label and key of the first thing, by lot and machine, of nothing.
    """

    about: defaultdict[str, defaultdict[str, _Marks]]
    at_machine: defaultdict[tuple[str, str], _Marks]
    nameless: _Marks
    tied: defaultdict[str, defaultdict[str, list[str]]]


async def mark_first(tx: Transaction, unknown: Iterable[Name], planned: Plan) -> None:
    """Mark and tie the events before their things are folded: the graph works while we fold.

    Things that the graph does not know yet get their name now and their properties when they are kept.
    """
    named: defaultdict[str, list[Row]] = defaultdict(list)
    for label, key in unknown:
        named[label].append({"key": key, "properties": {}})
    await keep_and_mark(tx, [], named, planned)


async def keep_and_mark(
    tx: Transaction, sources: Sequence[Row], things: Mapping[str, Sequence[Row]], planned: Plan
) -> None:
    """Write sources and things, mark every event, and tie it to all that it names.

    The sources go with the first statement that can carry them, for a round trip less.
    """
    marked, at_machine, nameless, tied = _marked(planned)
    heard = list(sources)
    for label, changed in things.items():
        *earlier, last = pieces(changed)
        for piece in earlier:
            await tx.send(KEEP[label], rows=piece)
        if label in marked or (heard and label in KEEP_AND_MARK):
            rows = _by_thing(marked.pop(label, {}))
            await tx.send(KEEP_AND_MARK[label], sources=heard, things=last, rows=rows)
            heard = []
        else:
            await tx.send(KEEP[label], rows=last)
    for label, about in marked.items():
        await tx.send(KEEP_AND_MARK[label], sources=heard, things=[], rows=_by_thing(about))
        heard = []
    await send(tx, KEEP_SOURCES, heard)
    if at_machine:
        rows = [[lot, machine, marks] for (lot, machine), marks in at_machine.items()]
        await tx.send(MARK_AT_MACHINE, rows=rows)
    if nameless:
        await tx.send(MARK, rows=nameless)
    for label, ties in tied.items():
        await tx.send(TIE[label], rows=_by_thing(ties))


async def keep(tx: Transaction, things: Mapping[str, Sequence[Row]]) -> None:
    """Write the things alone; their events are marked already."""
    for label, rows in things.items():
        await send(tx, KEEP[label], rows)


def _by_thing(told: Mapping[str, Sequence[object]]) -> list[list[object]]:
    """Each thing is looked for once, whatever happened to it."""
    return [[key, of_thing] for key, of_thing in told.items()]


def _marked(planned: Plan) -> Marked:
    found = Marked(
        defaultdict(lambda: defaultdict(list)), defaultdict(list), [], defaultdict(lambda: defaultdict(list))
    )
    for marker in planned.markers:
        event_id = marker.event_id
        for label, key in _left_to_tie(found, marker, planned.names[event_id]):
            found.tied[label][key].append(event_id)
    return found


def _left_to_tie(found: Marked, marker: Marker, names: Sequence[Name]) -> list[Name]:
    """Put an event where it is marked; the things that this does not tie it to."""
    first = machine = None
    for name in names:
        if first is None and name[0] in KEEP_AND_MARK:
            first = name
        if machine is None and name[0] == "Equipment":
            machine = name
    if first is None:
        found.nameless.append([*marker])
        return list(names)
    if first[0] == "Lot" and machine is not None:
        found.at_machine[first[1], machine[1]].append([*marker])
        return [name for name in names if name not in (first, machine)]
    found.about[first[0]][first[1]].append([*marker])
    return [name for name in names if name != first]
