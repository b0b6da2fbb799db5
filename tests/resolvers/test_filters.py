from __future__ import annotations

import pytest

from resolvers.filters import lot_matches, lots_asked, lots_kept, one_of, within
from resolvers.inputs import LotFilter, TextFilter, TimeWindow
from twin.errors import Refused
from twin.queries.lots import LotsAsked
from twin.records.lots import Lot
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import LotStatus

LOT = Lot(
    "L1",
    product_id="LED",
    order_ids=("O1", "O2"),
    status=LotStatus.HOLD,
    current_operation="CURE",
    current_equipment_id="OV-02",
    updated_at=Instant(100),
)


def test_equals_and_in_together_leave_what_is_in_both() -> None:
    assert one_of(TextFilter(equals="A", in_=["A", "B"])) == ["A"]
    assert one_of(TextFilter(equals="A", in_=["B"])) == []
    assert one_of(TextFilter(starts_with="A")) is None


def test_a_window_holds_its_start_and_not_its_end() -> None:
    window = TimeWindow(from_=Instant(100), to=Instant(200))
    assert [within(window, at) for at in (99, 100, 199, 200, None)] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        (LotFilter(order_id=TextFilter(equals="O2")), True),
        (LotFilter(order_id=TextFilter(equals="O3")), False),
        (LotFilter(status=[LotStatus.HOLD]), True),
        (LotFilter(status=[]), False),
        (LotFilter(operation=TextFilter(starts_with="CU"), equipment_id=TextFilter(in_=["OV-02"])), True),
        (LotFilter(not_=LotFilter(lot_id=TextFilter(equals="L1"))), False),
        (LotFilter(or_=[LotFilter(lot_id=TextFilter(equals="X")), LotFilter(status=[LotStatus.HOLD])]), True),
        (LotFilter(or_=[]), False),
        (LotFilter(and_=[LotFilter(updated_at=TimeWindow(from_=Instant(101)))]), False),
    ],
)
def test_a_lot_meets_a_filter_when_every_condition_holds(asked: LotFilter, *, met: bool) -> None:
    assert lot_matches(asked, LOT) is met


def test_what_the_statement_decides_alone_is_not_decided_again() -> None:
    asked = LotFilter(lot_id=TextFilter(starts_with="L"), status=[LotStatus.HOLD])
    assert lots_asked(asked) == LotsAsked(lot_prefix="L", statuses=["HOLD"])
    assert lots_kept(asked) is None


def test_a_filter_nested_too_deep_is_refused() -> None:
    asked = LotFilter()
    for _ in range(5):
        asked = LotFilter(not_=asked)
    with pytest.raises(Refused) as refused:
        lots_kept(asked)
    assert refused.value.code == "filter.too_deep"
