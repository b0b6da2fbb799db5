from __future__ import annotations

from twin.events.substrate import Transfer
from twin.events.transfers import coordinates, moved_from, packed

FARTHEST = 2_147_483_647
ROWS: tuple[Transfer, ...] = (
    ("W2", 0, -1, FARTHEST, -FARTHEST - 1),
    ("W1", -FARTHEST - 1, FARTHEST, 0, 0),
    ("W2", 4, 51, 14, 2),
)


def test_packed_rows_read_and_compare_like_the_rows_themselves() -> None:
    found = packed(ROWS)
    assert found == ROWS
    assert (hash(found), repr(found), len(found)) == (hash(ROWS), repr(ROWS), 3)
    assert packed(list(ROWS)) == found
    assert packed(found) is found
    assert list(found) == list(ROWS)
    assert (found[1], found[-1], found[1:]) == (ROWS[1], ROWS[2], ROWS[1:])
    assert found != ROWS[:2]
    assert found != (*ROWS[:2], ROWS[0])
    assert found != list(ROWS)


def test_no_rows_are_packed_too() -> None:
    assert packed(()) == ()
    assert not packed(())
    assert packed(()).as_json() == b"[]"
    assert moved_from(packed(())) == {}


def test_packed_rows_tell_the_wafers_in_the_order_in_which_they_come() -> None:
    found = packed(ROWS)
    assert found.sources == ("W2", "W1")
    assert found.codes.tolist() == [0, 1, 0]
    assert list(moved_from(found).items()) == list(moved_from(ROWS).items()) == [("W2", 2), ("W1", 1)]


def test_packed_places_stand_in_the_order_of_x_then_y() -> None:
    found = packed(ROWS)
    assert [coordinates(place) for place in found.dies.tolist()] == [row[1:3] for row in ROWS]
    assert [coordinates(place) for place in found.sites.tolist()] == [row[3:] for row in ROWS]
    assert sorted(found.dies.tolist()) == [found.dies.tolist()[at] for at in (1, 0, 2)]


def test_packed_rows_are_written_in_their_canonical_form() -> None:
    assert packed(ROWS[2:]).as_json() == b'[["W2",4,51,14,2]]'
