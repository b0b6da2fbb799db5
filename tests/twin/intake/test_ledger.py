from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from twin.intake.ledger import Draft, Ledger, Verdict


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
    ((reused,), rows) = ledger.record([Draft("a", 0, b"other words")])
    assert (reused.verdict, rows) == (Verdict.REUSED, [])
    assert ledger.size_up_to(0, 4) == 10
    with closing(Ledger(path, 2)) as other:
        assert [entry.payload for entry in other.after(2, 10, 1_000)] == [b"ccc", b"dddd"]


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
