from __future__ import annotations

from twin.intake.newest import Newest
from twin.stream.log import Entry

MUCH = 1 << 40


def rows(first: int, last: int, size: int = 10) -> list[Entry]:
    return [Entry(0, "outbox", seq, 0, bytes(size)) for seq in range(first, last + 1)]


def seqs(found: list[Entry] | None) -> list[int] | None:
    return None if found is None else [entry.seq for entry in found]


def test_tells_what_follows_a_place_and_that_nothing_does() -> None:
    newest = Newest()
    newest.add(rows(5, 9))
    assert seqs(newest.after(4, 3, MUCH)) == [5, 6, 7]
    assert seqs(newest.after(7, 3, MUCH)) == [8, 9]
    assert seqs(newest.after(9, 3, MUCH)) == []


def test_only_the_disk_can_tell_what_came_before() -> None:
    newest = Newest()
    assert newest.after(0, 10, MUCH) is None
    newest.add(rows(5, 9))
    assert newest.after(3, 10, MUCH) is None


def test_begins_anew_behind_rows_that_another_process_wrote() -> None:
    newest = Newest()
    newest.add(rows(1, 3))
    newest.add(rows(5, 6))
    assert newest.after(3, 10, MUCH) is None
    assert seqs(newest.after(4, 10, MUCH)) == [5, 6]


def test_the_oldest_rows_make_room() -> None:
    newest = Newest()
    newest.add(rows(1, 4_500))
    assert newest.after(499, 1, MUCH) is None
    assert seqs(newest.after(500, 1, MUCH)) == [501]
    newest.add(rows(4_501, 4_503, 8 * 1024 * 1024))
    assert newest.after(4_500, 1, MUCH) is None
    assert seqs(newest.after(4_501, 3, MUCH)) == [4_502, 4_503]


def test_tells_about_so_many_bytes_at_once_as_the_disk_would() -> None:
    newest = Newest()
    newest.add(rows(1, 9, 100))
    assert seqs(newest.after(0, 9, 250)) == [1, 2, 3]
    assert seqs(newest.after(3, 9, 1)) == [4]
    assert seqs(newest.after(9, 9, 1)) == []
