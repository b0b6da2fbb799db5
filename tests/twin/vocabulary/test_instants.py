from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from twin.vocabulary.instants import instant_of, moment_of, written


@pytest.mark.parametrize("year", [1, 1969, 2026, 5425, 9999])
def test_the_last_microsecond_of_a_second_lies_in_its_last_millisecond(year: int) -> None:
    moment = datetime(year, 8, 1, 5, 5, 17, 999_999, tzinfo=UTC)
    assert moment_of(instant_of(moment)) == moment.replace(microsecond=999_000)


def test_an_offset_changes_only_how_a_moment_is_written() -> None:
    taipei = datetime(2026, 3, 2, 16, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=8)))
    assert written(instant_of(taipei)) == "2026-03-02T08:00:00.123Z"
