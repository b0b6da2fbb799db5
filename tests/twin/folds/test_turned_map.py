from __future__ import annotations

from array import array

import pytest

from tests import factory as f
from twin.events.substrate import SubstrateMapped
from twin.folds.turned_map import how_turned

THREE_BY_TWO = [1, 2, 3, 4, 5, 6]


def mapped(*codes: int, columns: int = 3, **given: object) -> SubstrateMapped:
    bins = b"".join(code.to_bytes(2, "little") for code in codes)
    fact = f.substrate_mapped(columns=columns, rows=len(codes) // columns, bins=bins, **given).fact
    assert isinstance(fact, SubstrateMapped)
    return fact


@pytest.mark.parametrize(
    ("later", "how"),
    [
        ([6, 5, 4, 3, 2, 1], "turned by 180 degrees"),
        ([3, 2, 1, 6, 5, 4], "mirrored left to right"),
        ([4, 5, 6, 1, 2, 3], "mirrored top to bottom"),
        ([1, 2, 3, 4, 5, 9], None),
        ([6, 5, 4, 3, 2, 9], "turned by 180 degrees"),
        ([7, 7, 7, 7, 7, 7], None),
        (THREE_BY_TWO, None),
    ],
)
def test_a_turned_map_is_told_from_one_with_other_bins(later: list[int], how: str | None) -> None:
    assert how_turned(mapped(*THREE_BY_TWO), mapped(*later)) == how


def test_a_map_alike_both_ways_is_not_turned() -> None:
    assert how_turned(mapped(1, 2, 1, 1, 2, 1), mapped(1, 2, 1, 1, 2, 1)) is None


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [(0, 180, "turned by 180 degrees"), (270, 90, "turned by 180 degrees"), (0, 360, None), (90, 90, None)],
)
def test_what_the_maps_say_of_their_orientation_counts_first(
    before: float, after: float, how: str | None
) -> None:
    older = mapped(*THREE_BY_TWO, orientation_deg=before)
    assert how_turned(older, mapped(*THREE_BY_TWO, orientation_deg=after)) == how


def test_maps_counted_from_other_corners_stand_otherwise() -> None:
    older = mapped(*THREE_BY_TWO, origin="LOWER_LEFT")
    assert how_turned(older, mapped(*THREE_BY_TWO, origin="UPPER_RIGHT")) == "counted from another corner"


def test_maps_of_other_size_cannot_be_compared() -> None:
    assert how_turned(mapped(*THREE_BY_TWO), mapped(*THREE_BY_TWO, columns=2)) is None


def test_a_wafer_of_many_dies_is_compared_by_all_its_bins() -> None:
    codes = array("H", range(2_500))
    turned = codes[::-1]
    assert how_turned(mapped(*codes, columns=50), mapped(*turned, columns=50)) == "turned by 180 degrees"
