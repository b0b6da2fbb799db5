from __future__ import annotations

from dataclasses import fields

import pytest

from tests.factory import lot_created, lot_split, material_consumed, material_lot_received, units_scrapped
from tests.twin.queries.index.books import book_of
from twin.events.event import Event
from twin.events.naming import named
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure
from twin.queries.index.alone import by_inflow, by_use
from twin.queries.index.answer import answer
from twin.queries.index.line import Line, MaterialLine
from twin.queries.index.lot_lines import lot_line
from twin.queries.index.other_lines import FOLDS
from twin.queries.index.reading import Reading
from twin.queries.index.resting import Resting
from twin.records.recall import MaterialLotScope

PLANT = [
    material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
    lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
    material_consumed(occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
    lot_split(occurred_at="09:00", parent_lot_id="LOT-1", children=[{"lot_id": "LOT-2", "quantity": 30}]),
    units_scrapped(occurred_at="09:20", lot_id="LOT-1", quantity=5),
]


def about(label: str, key: str) -> list[Event]:
    return [event for event in counted(PLANT) if (label, key) in named(event.fact)]


def awake(told: Resting) -> set[str]:
    """The fields at hand without anything being laid out."""
    descriptors = {each.name: getattr(type(told), each.name) for each in fields(told)}  # type: ignore[arg-type]
    found = set()
    for name, slot in descriptors.items():
        try:
            slot.__get__(told)
        except AttributeError:
            continue
        found.add(name)
    return found


@pytest.mark.parametrize("lot_id", ["LOT-1", "LOT-2"])
def test_a_line_lies_packed_until_somebody_looks_at_it_and_then_tells_the_same(lot_id: str) -> None:
    line = book_of(PLANT).lots[lot_id]
    assert awake(line) == {"lot_id"}
    assert line.size_bytes > line.packed_bytes > 0

    assert line == lot_line(lot_id, about("Lot", lot_id))
    assert awake(line) == {each.name for each in fields(Line)}

    line.rest()
    assert awake(line) == {"lot_id"}
    assert [step.place for step in line.steps] == [
        step.place for step in lot_line(lot_id, about("Lot", lot_id)).steps
    ]


def test_what_lots_come_to_by_themselves_lies_packed_and_tells_the_same() -> None:
    book = book_of(PLANT)
    alone, handed = book.alone["LOT-1"]["PASTE-1"], book.handed["LOT-2"]
    assert (awake(alone), awake(handed.alone)) == (set(), set())
    assert {"PASTE-1": alone} == by_use(lot_line("LOT-1", about("Lot", "LOT-1")))
    assert handed == by_inflow(lot_line("LOT-2", about("Lot", "LOT-2")))


def test_a_page_of_lots_unpacks_nothing_but_where_units_are_once_somebody_asks() -> None:
    book = book_of(PLANT)
    found = answer(Reading(book, frozenset()), MaterialLotScope("PASTE-1"))
    packed = (book.alone["LOT-1"]["PASTE-1"], book.handed["LOT-2"].alone)
    for each in packed:
        each.rest()
    rows = [(row.lot_id, row.low, row.high, row.quantity) for row in found.lots]
    assert rows == [("LOT-1", 65, 65, 65), ("LOT-2", 30, 30, 30)]
    assert [row.since for row in found.lots] == [PLANT[2].occurred_at, PLANT[3].occurred_at]
    assert [awake(each) for each in packed] == [set(), set()]
    assert [row.dispositions for row in found.lots] == [
        row.dispositions for row in exposure(counted(PLANT), MaterialLotScope("PASTE-1")).lots
    ]
    assert awake(packed[0]) != set()


def test_of_a_material_lot_only_its_uses_lie_packed() -> None:
    line = book_of(PLANT).others["MaterialLot", "PASTE-1"]
    assert isinstance(line, MaterialLine)
    assert {each.name for each in fields(MaterialLine)} - awake(line) == {"used"}
    assert line == FOLDS["MaterialLot"]("PASTE-1", about("MaterialLot", "PASTE-1"))


def test_a_field_that_there_is_not_is_missed_as_ever() -> None:
    line = book_of(PLANT).lots["LOT-1"]
    with pytest.raises(AttributeError, match="quantities"):
        line.quantities  # type: ignore[attr-defined]  # noqa: B018
    assert awake(line) == {"lot_id"}
