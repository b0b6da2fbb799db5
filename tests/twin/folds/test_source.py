from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests import factory
from twin.folds.source import Heard, heard


def _heard(numbers: list[int]) -> Heard:
    source = Heard("db-01")
    for number in numbers:
        source.hear(factory.equipment_connected(source="db-01", source_sequence=number))
    return source


@given(st.lists(st.integers(0, 40), max_size=60))
def test_holes_are_those_between_the_numbers_heard(numbers: list[int]) -> None:
    source = _heard(numbers)

    covered = [
        number
        for first, last in zip(source.firsts, source.lasts, strict=True)
        for number in range(first, last + 1)
    ]
    assert covered == sorted(set(numbers))
    holes = sum(1 for number in set(numbers) if number + 1 not in numbers) - 1
    assert source.gaps == max(holes, 0)
    assert source.max_sequence == max(numbers, default=None)


def test_ranges_come_back_as_they_were_kept() -> None:
    source = _heard([1, 2, 5])

    assert source.ranges == [1, 2, 5, 5]
    assert heard("db-01", source.occurred_at, source.recorded_at, source.ranges) == source


def test_a_source_with_too_many_holes_forgets_the_oldest() -> None:
    source = _heard([2 * number for number in range(1_500)])

    assert source.gaps == 999
    assert (source.firsts[0], source.max_sequence) == (0, 2_998)
