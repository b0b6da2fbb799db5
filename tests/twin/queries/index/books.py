"""A book built from a list of events, as the index builds one from the graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from twin.errors import NotFound
from twin.events.event import Event
from twin.events.naming import named
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure
from twin.queries.index.answer import answer
from twin.queries.index.book import LABELS, Book
from twin.queries.index.reading import Declined, Reading
from twin.records.recall import Exposure, RecallScope
from twin.vocabulary.things import Thing, ThingKind


def book_of(events: Iterable[Event], block_from: int = 1) -> Book:
    """Lots that one material lot tells are taken together from so many on."""
    told = counted(events)
    about: dict[tuple[str, str], list[Event]] = {}
    for event in told:
        for name in named(event.fact):
            about.setdefault(name, []).append(event)
    book = Book(block_from=block_from)
    book.take_definitions(told)
    for (label, key), found in about.items():
        if label in LABELS:
            book.put(label, key, found)
    return book


def asked(book: Book, scope: RecallScope) -> Exposure | str:
    """The index's answer; the error's name, or why it declines."""
    try:
        return answer(Reading(book, frozenset()), scope)
    except NotFound:
        return "not found"
    except Declined as reason:
        return f"declined: {reason}"


def walked(events: Iterable[Event], scope: RecallScope) -> Exposure | str:
    try:
        return exposure(counted(events), scope)
    except NotFound:
        return "not found"


def differences(want: Exposure | str, have: Exposure | str) -> str | None:
    """The first difference between two answers, evidence of every lot and of some units included."""
    if isinstance(want, str) or isinstance(have, str):
        return None if want == have else f"engine {want}, index {have}"
    for name in (field.name for field in fields(want) if field.name not in ("witness", "units")):
        if getattr(want, name) != getattr(have, name):
            return f"{name}: engine {getattr(want, name)}, index {getattr(have, name)}"
    if tuple(want.units) != tuple(have.units) or len(want.units) != len(have.units):
        return f"units: engine {want.units}, index {have.units}"
    things = [Thing(ThingKind.LOT, row.lot_id) for row in want.lots]
    things += [Thing(ThingKind.UNIT, row.unit_id) for row in want.units[:20]]
    for thing in things:
        paths = want.evidence(thing, every=True), have.evidence(thing, every=True)
        if paths[0] != paths[1]:
            return f"evidence of {thing}: engine {paths[0]}, index {paths[1]}"
    return None
