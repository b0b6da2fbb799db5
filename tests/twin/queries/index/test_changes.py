from __future__ import annotations

import pytest

from twin.queries.index.changes import Changes


def heard(*lots: str) -> Changes:
    changes = Changes()
    for lot_id in lots:
        changes.note([("Lot", lot_id)])
    return changes


@pytest.mark.parametrize(
    ("read", "since", "touched"),
    [
        ({"Lot": {"A"}}, 0, True),
        ({"Lot": {"A"}}, 1, False),
        ({"Lot": {"B"}}, 1, True),
        ({"Lot": {"C"}}, 0, False),
        ({"Order": {"A"}}, 0, False),
        ({"Lot": {"A", "C", "D"}}, 1, False),
        ({"Lot": {"B", "C", "D"}}, 1, True),
        ({}, 0, False),
    ],
)
def test_what_was_read_is_touched_by_what_changed_since(
    read: dict[str, set[str]], since: int, *, touched: bool
) -> None:
    assert heard("A", "B").touch(read, since) is touched


def test_the_last_change_of_a_thing_counts() -> None:
    assert heard("A", "B", "A").touch({"Lot": {"A"}}, 2)


def test_nothing_is_known_of_the_time_before_it_forgot() -> None:
    changes = heard("A", "B")
    before = changes.now()
    changes.note([("Lot", "C")])
    changes.forget()
    assert changes.touch({"Lot": {"D"}}, before)
    assert not changes.touch({"Lot": {"C"}}, changes.now())


def test_only_so_many_things_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.queries.index.changes._MOST_THINGS", 3)
    changes = heard("A", "B", "C", "A", "B", "C")
    assert not changes.touch({"Lot": {"D"}}, 0)
    changes.note([("Lot", "D")])
    assert changes.touch({"Lot": {"E"}}, 6)
    assert not changes.touch({"Lot": {"D"}}, changes.now())
