from __future__ import annotations

import gc
import os
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from tests.factory import lot_created, material_consumed, material_lot_received, shipped, units_identified
from tests.oracle.calm_plants import calm_plant
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asking
from tests.oracle.unit_plants import unit_plant
from tests.twin.queries.index.books import asked, book_of, differences
from twin.errors import NotFound
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.naming import named
from twin.lineage.counting import counted
from twin.queries.index.answer import answer_known
from twin.queries.index.answers import Answers
from twin.queries.index.book import Book, Name
from twin.queries.index.reading import Reading
from twin.records.recall import Exposure, MaterialLotScope, RecallScope
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

PLANTS = int(os.environ.get("DIELOOM_ORACLE_PLANTS", "2"))
FIRST = int(os.environ.get("DIELOOM_ORACLE_FIRST", "400"))
PASTE = MaterialLotScope("PASTE-1")


class Twin:
    """A book that hears events one by one, and the answers that it remembers."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self.told = [*events]
        self.book: Book = book_of(self.told)
        self.answers = Answers(self.book)
        self.repeated = 0

    def hear(self, event: Event) -> None:
        things = [*named(event.fact)]
        if isinstance(event.fact, EventVoided):
            about = event.fact.voided_event_id
            things += (name for each in self.told if each.event_id == about for name in named(each.fact))
        self.told.append(event)
        self.book.learn(event.type, things, event.event_id)
        self.answers.hear(things)

    def ask(self, scope: RecallScope) -> Exposure | str:
        found = self.answers.again(scope)
        if found is not None:
            self.repeated += 1
            return found
        absent: set[Name] = set()
        while True:
            if not self.book.is_defined:
                self.book.take_definitions(counted(self.told))
            reading, began = Reading(self.book, frozenset(absent)), self.answers.now()
            try:
                found = answer_known(reading, scope)
            except NotFound:
                return "not found"
            if not reading.stale:
                if found is None:
                    return "declined"
                self.answers.keep(scope, found, reading.read, began)
                return found
            absent |= self.read_anew(reading.stale)

    def read_anew(self, names: set[Name]) -> set[Name]:
        absent: set[Name] = set()
        told = counted(self.told)
        for name in sorted(names):
            self.book.is_read_anew(name)
            events = [event for event in told if name in named(event.fact)]
            self.book.put(*name, events)
            absent |= set() if events else {name}
        self.book.has_read(names)
        return absent


def compared(twin: Twin, fresh: Book, scope: RecallScope, result: Counter[str]) -> None:
    have, want = twin.ask(scope), asked(fresh, scope)
    if isinstance(have, str) or (isinstance(want, str) and want.startswith("declined")):
        assert isinstance(want, str) or have == "declined", scope
        result["declined"] += 1
        return
    result["answered"] += 1
    assert differences(want, have) is None, scope


def told_one_by_one(events: list[Event], seed: int, result: Counter[str]) -> None:
    scopes = [scope for scope, as_of, known in Asking(events, seed).asked(60) if not (as_of or known)]
    Random(seed).shuffle(events)
    begun = len(events) * 2 // 3
    twin = Twin(events[:begun])
    for number, event in enumerate(events[begun:]):
        for scope in scopes[number % 7 :: 7]:
            twin.ask(scope)
        twin.hear(event)
        fresh = book_of(twin.told, 1 << 30)
        for scope in scopes[number % 7 :: 7]:
            compared(twin, fresh, scope, result)
            compared(twin, fresh, scope, result)
    result["repeated"] += twin.repeated


def test_answers_given_again_are_those_of_a_book_read_anew_after_every_event() -> None:
    result: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + PLANTS):
        for events in (calm_plant(seed), lot_plant(seed), unit_plant(seed)):
            told_one_by_one([*events], seed, result)
    assert result["answered"] > 20 * PLANTS
    assert result["repeated"] > result["answered"] // 2


def plain() -> Twin:
    return Twin(
        [
            material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
            lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=10),
            lot_created(event_id="apart", occurred_at="08:00", lot_id="LOT-2", quantity=10),
            material_consumed(occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
        ]
    )


@pytest.mark.parametrize(
    ("event", "repeated"),
    [
        pytest.param(lot_created(event_id="new", occurred_at="09:00", lot_id="LOT-3"), 1, id="apart"),
        pytest.param(
            material_consumed(event_id="new", occurred_at="09:00", lot_id="LOT-2", material_lot_id="PASTE-1"),
            0,
            id="another lot used it",
        ),
        pytest.param(
            shipped(event_id="new", occurred_at="09:00", contents=[{"lot_id": "LOT-1", "quantity": 1}]),
            0,
            id="a reached lot left",
        ),
    ],
)
def test_an_answer_is_given_again_until_something_is_told_of_what_it_read(
    event: Event, repeated: int
) -> None:
    twin = plain()
    twin.ask(PASTE)
    twin.hear(event)
    compared(twin, book_of(twin.told), PASTE, Counter())
    assert twin.repeated == repeated


def test_a_lot_that_shares_units_from_now_on_is_asked_about_anew() -> None:
    units = [{"unit_id": "U1"}]
    twin = plain()
    twin.hear(units_identified(event_id="first", occurred_at="08:10", lot_id="LOT-1", units=units))
    assert isinstance(twin.ask(PASTE), Exposure)
    twin.hear(units_identified(event_id="second", occurred_at="08:20", lot_id="LOT-2", units=units))
    assert twin.ask(PASTE) == "declined"


def test_a_voided_event_and_tidying_leave_no_answer_that_does_not_hold() -> None:
    twin = plain()
    twin.ask(PASTE)
    assert twin.answers.size_bytes > 0
    twin.answers.tidy()
    assert isinstance(twin.answers.again(PASTE), Exposure)
    twin.book.learn("EventVoided", [("Unit", "U9")], "void")
    twin.answers.tidy()
    assert (twin.answers.again(PASTE), twin.answers.size_bytes) == (None, 0)


def test_only_so_many_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.queries.index.answers._MOST_BYTES", 20_000)
    twin = plain()
    for number in range(8):
        twin.ask(MaterialLotScope("PASTE-1", Instant(twin.told[0].occurred_at + number)))
    assert 0 < twin.answers.size_bytes <= 20_000
    assert twin.answers.again(MaterialLotScope("PASTE-1", twin.told[0].occurred_at)) is None


def full(lots: int, units: int) -> Twin:
    told = [material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1")]
    for number in range(lots):
        lot_id, rest = f"LOT-{number:03}", {"occurred_at": "08:00"}
        names = [{"unit_id": f"UNIT-WITH-A-LONG-NAME-{number:03}-{unit:04}"} for unit in range(units)]
        told += [
            lot_created(event_id=f"made-{number}", lot_id=lot_id, quantity=units, **rest),
            units_identified(event_id=f"named-{number}", lot_id=lot_id, units=names, **rest),
            material_consumed(
                event_id=f"used-{number}", occurred_at="08:30", lot_id=lot_id, material_lot_id="PASTE-1"
            ),
        ]
    return Twin(told)


def looked_at(twin: Twin) -> None:
    """Asked twice, with all units and the evidence of one; what was unpacked is packed again."""
    twin.ask(PASTE)
    found = twin.ask(PASTE)
    assert isinstance(found, Exposure)
    unit = next(iter(found.units))
    assert found.evidence(Thing(ThingKind.UNIT, unit.unit_id), every=False)
    for lot_id, line in twin.book.lots.items():
        line.rest()
        twin.book.alone[lot_id]["PASTE-1"].rest()


@pytest.mark.parametrize("block_from", [1, 1_000], ids=["added up", "one by one"])
def test_a_kept_answer_occupies_what_it_counts_whatever_was_looked_at_or_out_of_date(block_from: int) -> None:
    looked_at(full(2, 2))
    twin = full(20, 1_000)
    twin.book.block_from = block_from
    for label in ("Lot", "MaterialLot", "Container"):
        twin.book.dirty.update((label, f"OUT-OF-DATE-{number}") for number in range(20_000))
    gc.collect()
    tracemalloc.start()
    looked_at(twin)
    gc.collect()
    occupied, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert twin.repeated == 1
    assert occupied < 2 * twin.answers.size_bytes + 50_000
