from __future__ import annotations

import pytest

from twin.errors import Refused
from twin.intake.watermark import Watermark


def test_comes_back_as_it_was_written() -> None:
    watermark = Watermark({"box/0": 7, "box/3": 12})

    assert Watermark.decode(watermark.encode()) == watermark
    assert watermark.encode() == Watermark({"box/3": 12, "box/0": 7}).encode()
    assert Watermark.decode(Watermark().encode()) == Watermark()


def test_is_reached_when_every_shard_is() -> None:
    watermark = Watermark({"box/0": 7, "box/3": 12})

    assert watermark.reached_by({"box/0": 7, "box/3": 12, "other/0": 1})
    assert not watermark.reached_by({"box/0": 7, "box/3": 11})
    assert not watermark.reached_by({"box/0": 100})
    assert Watermark().reached_by({})


NOT_OURS = ["", "x", "w1.", "w1.!!!", "w1.W10", "w1." + "A" * 100_000, "w1.é", "w2.e30", "w1.bnVsbA"]


@pytest.mark.parametrize("token", NOT_OURS)
def test_refuses_what_it_did_not_write(token: str) -> None:
    with pytest.raises(Refused) as caught:
        Watermark.decode(token)
    assert caught.value.code == "watermark.bad"
