from __future__ import annotations

from tests.chaos.verdict import _out_of_order
from tests.pipeline.plant import Story
from twin.events.codec import encode
from twin.stream.change_feed import Change, ChangedEvent
from twin.stream.log import Entry


def told(*event_ids: str) -> Change:
    return Change(
        at=0, events=tuple(ChangedEvent(event_id=one, type="LotCreated", occurred_at=0) for one in event_ids)
    )


def test_an_event_told_after_a_later_one_of_its_shard_is_out_of_order_and_one_told_again_is_not() -> None:
    events = Story("s").begins()[:4]
    entries = [Entry(n % 2, "box", n + 1, 0, encode(event)) for n, event in enumerate(events)]
    ids = [event.event_id for event in events]

    assert list(_out_of_order(entries, [told(ids[0], ids[1]), told(ids[3], ids[2])])) == []
    assert list(_out_of_order(entries, [told(ids[0], ids[2]), told(ids[0], ids[1], ids[3])])) == []
    assert list(_out_of_order(entries, [told(ids[2], ids[1]), told(ids[0])])) == [ids[0]]
