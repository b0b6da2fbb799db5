from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from twin.intake.ledger import Ledger
from twin.intake.verdict import Draft, Verdict


def drafts(*names: str, shard: int = 0) -> list[Draft]:
    return [Draft(name, shard, name.encode()) for name in names]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with closing(Ledger(path, 2)) as opened:
        yield opened


def test_goes_on_after_what_another_process_wrote(path: Path, ledger: Ledger) -> None:
    ledger.record(drafts("a", "bb"))
    with closing(Ledger(path, 2)) as other:
        other.record(drafts("ccc"))
        other.record(drafts("dddd", shard=1))
        receipts, entries = ledger.record(drafts("eeeee", "ccc"))
        assert [(receipt.verdict, receipt.seq) for receipt in receipts] == [
            (Verdict.ACCEPTED, 5),
            (Verdict.DUPLICATE, 3),
        ]
        assert [entry.seq for entry in entries] == [5]
        assert other.sizes_up_to({0: 5, 1: 5}) == {0: 11, 1: 4}


def test_goes_on_after_what_another_process_trimmed(path: Path, ledger: Ledger) -> None:
    ledger.record(drafts("a", "bb"))
    with closing(Ledger(path, 2)) as other:
        other.trim(2)
    receipts, _ = ledger.record(drafts("ccc", "bb"))
    assert [(receipt.verdict, receipt.seq) for receipt in receipts] == [
        (Verdict.ACCEPTED, 3),
        (Verdict.DUPLICATE, 2),
    ]
    assert ledger.size_up_to(0, 3) == 6


def test_a_commit_that_fails_takes_no_place(ledger: Ledger) -> None:
    ledger.record(drafts("a"))
    with pytest.raises(TypeError):
        ledger.record([Draft("b", 0, b"b"), Draft("c", 0, None)])  # type: ignore[arg-type]
    receipts, _ = ledger.record(drafts("b"))
    assert [receipt.seq for receipt in receipts] == [2]
    assert ledger.size_up_to(0, 2) == 2


def test_lone_events_are_judged_like_those_of_a_batch(path: Path, ledger: Ledger) -> None:
    ledger.record(drafts("a", "bb"))
    assert [ledger.record(drafts(name))[0][0][0:3:2] for name in ("ccc", "a", "dddd")] == [
        (Verdict.ACCEPTED, 3),
        (Verdict.DUPLICATE, 1),
        (Verdict.ACCEPTED, 4),
    ]
    with closing(Ledger(path, 2)) as other:
        assert [entry.payload for entry in other.after(2, 10, 1_000)] == [b"ccc", b"dddd"]


def test_the_first_other_event_under_an_id_stands_behind_it_on_its_shard(ledger: Ledger) -> None:
    ledger.record([Draft("a", 1, b"a")])
    reuses = [Draft("a", 0, b"other"), Draft("a", 0, b"yet another"), Draft("a", 1, b"a")]

    told = [ledger.record([draft])[0][0] for draft in reuses]
    at_once, rows = ledger.record([Draft("b", 0, b"b"), Draft("b", 1, b"other"), *reuses])

    reused = (Verdict.REUSED, 1, 2)
    assert told == [reused, reused, (Verdict.DUPLICATE, 1, 1)]
    assert at_once == [
        (Verdict.ACCEPTED, 0, 3),
        (Verdict.REUSED, 0, 4),
        *(reused, reused, (Verdict.DUPLICATE, 1, 1)),
    ]
    assert [(entry.shard, entry.seq, entry.payload) for entry in rows] == [(0, 3, b"b"), (0, 4, b"other")]
    ledger.trim(4)
    assert ledger.record(reuses)[0] == told
    assert (ledger.size_up_to(1, 4), ledger.size_up_to(0, 4)) == (6, 6)


def test_a_lone_event_goes_behind_what_another_process_wrote(path: Path, ledger: Ledger) -> None:
    ledger.record(drafts("a"))
    with closing(Ledger(path, 2)) as other:
        other.record(drafts("bb"))
        (receipt,), (entry,) = ledger.record(drafts("ccc"))
    assert (receipt.verdict, receipt.seq, entry.seq) == (Verdict.ACCEPTED, 3, 3)
    assert ledger.size_up_to(0, 3) == 6


def test_a_lone_event_takes_no_place_and_no_id_that_were_let_go(path: Path, ledger: Ledger) -> None:
    ledger.record(drafts("a"))
    with closing(Ledger(path, 2)) as other:
        other.record(drafts("bb"))
        other.trim(2)
    (receipt,), _ = ledger.record(drafts("ccc"))
    assert (receipt.verdict, receipt.seq) == (Verdict.ACCEPTED, 3)
    (known,), rows = ledger.record(drafts("bb"))
    assert (known.verdict, known.seq, rows) == (Verdict.DUPLICATE, 2, [])


def test_the_clock_of_a_lone_event_never_goes_back(path: Path) -> None:
    clock = iter((2_000, 1_000, 1_500, 3_000))
    with closing(Ledger(path, 2, lambda: next(clock))) as ledger:
        rows = [ledger.record(drafts(name))[1][0] for name in ("a", "b", "c", "d")]
    assert [entry.recorded_at for entry in rows] == [2_000, 2_000, 2_000, 3_000]
