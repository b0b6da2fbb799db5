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
