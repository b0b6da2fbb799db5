from __future__ import annotations

from tests import factory as f
from tests.twin.queries.index.books import asked, book_of, differences, walked
from twin.records.recall import Exposure, ToolScope


def test_of_two_places_of_a_tool_the_one_that_met_the_lot_first_tells_since_when() -> None:
    events = [
        f.lot_created(occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="09:00", position="HEAD-1"),
        f.tool_mounted(
            tool_id="CAP-1", equipment_id="DB-01", position="HEAD-2", occurred_at="09:10", event_id="second"
        ),
        f.tool_mounted(
            tool_id="CAP-1", equipment_id="DB-01", position="HEAD-1", occurred_at="09:20", event_id="first"
        ),
        f.lot_tracked_in(operation="CURING", occurred_at="09:40", event_id="on"),
    ]
    answer = asked(book_of(events), ToolScope("CAP-1"))
    assert isinstance(answer, Exposure)
    assert [(lot.lot_id, lot.since) for lot in answer.lots] == [("LOT-1", f.at("09:20"))]
    assert differences(walked(events, ToolScope("CAP-1")), answer) is None
