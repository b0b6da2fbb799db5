from __future__ import annotations

from tests import factory
from tests.twin.events.test_codec import line, refusal
from twin.events.codec import content_hash, decode, encode


def test_takes_a_whole_number_however_it_is_written() -> None:
    split = factory.lot_split(children=[{"lot_id": "A", "quantity": 40}])
    told = line({"quantity": 7}, source_sequence=3)

    assert decode(encode(split).replace(b":40", b":40.0")).fact == split.fact
    assert decode(encode(split).replace(b":40", b":4e1")).fact == split.fact
    assert content_hash(decode(told.replace(b": 7", b": 7.0").replace(b": 3", b": 3.0"))) == content_hash(
        decode(told)
    )
    assert refusal(told.replace(b": 7", b": -0.5")) == ("event.bad_value", "data.quantity", "mes-1")
    assert refusal(told.replace(b": 7", b": 1e17")) == ("event.bad_value", "data.quantity", "mes-1")
