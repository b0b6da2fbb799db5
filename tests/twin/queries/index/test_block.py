from __future__ import annotations

from threading import Thread

from tests.factory import (
    event_voided,
    lot_created,
    lot_split,
    lots_merged,
    material_consumed,
    material_lot_received,
)
from tests.twin.queries.index.books import book_of, differences, walked
from tests.twin.queries.index.test_answers import Twin
from twin.events.event import Event
from twin.queries.index.answer import answer_known
from twin.queries.index.reading import Reading
from twin.records.recall import Exposure, MaterialLotScope

PASTE = MaterialLotScope("PASTE-1")
LOTS = 600
RECALLS = 20


def used(lot_id: str, at: str) -> Event:
    return material_consumed(
        event_id=f"used-{lot_id}", occurred_at=at, lot_id=lot_id, material_lot_id="PASTE-1"
    )


def created(lot_id: str, order_id: str | None = None) -> Event:
    return lot_created(
        event_id=f"made-{lot_id}", occurred_at="08:00", lot_id=lot_id, quantity=10, order_id=order_id
    )


def test_a_child_that_used_the_suspect_itself_is_walked_while_a_former_user_is_out_of_date() -> None:
    twin = Twin(
        [
            material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
            created("LOT-1"),
            created("LOT-2"),
            created("LOT-9", "ORDER-1"),
            used("LOT-1", "08:30"),
            used("LOT-2", "08:30"),
            lots_merged(
                occurred_at="09:00", into_lot_id="LOT-9", parents=[{"lot_id": "LOT-1", "quantity": 10}]
            ),
            used("LOT-9", "09:30"),
        ]
    )
    twin.hear(event_voided(event_id="void", occurred_at="10:00", voided_event_id="used-LOT-2"))
    twin.read_anew({("MaterialLot", "PASTE-1")})
    found = twin.ask(PASTE)
    assert differences(walked(twin.told, PASTE), found) is None
    assert isinstance(found, Exposure)
    assert [(row.lot_id, row.low, row.high) for row in found.lots] == [("LOT-9", 20, 20)]


def test_lots_may_be_heard_of_while_a_recall_adds_up_beside() -> None:
    events = [material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1")]
    for number in range(LOTS):
        lot_id, child = f"LOT-{number}", {"lot_id": f"CHILD-{number}", "quantity": 10}
        split = lot_split(
            event_id=f"split-{number}", occurred_at="09:00", parent_lot_id=lot_id, children=[child]
        )
        events += [created(lot_id), used(lot_id, "08:30"), split]
    book = book_of(events)
    found: list[Exposure | None] = []

    def recall() -> None:
        found.extend(answer_known(Reading(book, frozenset()), PASTE) for _ in range(RECALLS))

    work = Thread(target=recall)
    work.start()
    heard = 0
    while work.is_alive():
        heard += 1
        book.learn("UnitsIdentified", [("Lot", f"NEW-{heard}"), ("Unit", f"U-{heard}")], f"e{heard}")
        book.dirty.clear()
    assert [each is not None and each.totals.lots for each in found] == [LOTS] * RECALLS
