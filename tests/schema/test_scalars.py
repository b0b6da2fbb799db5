from __future__ import annotations

import pytest
from graphql import GraphQLError

from schema.scalars import moment_read, moment_written


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:01Z", 1_000),
        ("1970-01-01T08:00:00.001+08:00", 1),
        ("2026-03-02T09:00:00.123456Z", 1_772_442_000_123),
    ],
)
def test_a_moment_is_read_to_the_millisecond(text: str, instant: int) -> None:
    assert moment_read(text) == instant


@pytest.mark.parametrize(
    "text", ["2026-03-02T09:00:00", "2026-03-02", "09:00:00Z", "2026-13-02T09:00:00Z", "", 5, None, "x" * 900]
)
def test_a_moment_without_offset_or_sense_is_refused(text: object) -> None:
    with pytest.raises(GraphQLError):
        moment_read(text)


def test_a_moment_is_written_in_utc_with_milliseconds() -> None:
    assert moment_written(1_772_442_000_000) == "2026-03-02T09:00:00.000Z"
