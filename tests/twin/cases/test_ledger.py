from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from twin.cases.ledger import KEPT_MS, Asked, CaseLedger
from twin.cases.lifecycle import ALLOWED, ImpossibleTransition, check, told
from twin.cases.scope_text import scope_kept, scope_read, scope_shown
from twin.errors import Conflict, NotFound
from twin.records.case import Actor, RecallCase
from twin.records.recall import EquipmentScope, MaterialLotScope, WaferScope, Window
from twin.vocabulary.cases import CaseAction, CaseState
from twin.vocabulary.instants import Instant

LI = Actor("li.na", "quality")
SCOPE = MaterialLotScope("PASTE-1")
DRAFT = {"kind": "RECALL", "scope": scope_kept(SCOPE), "reason": "voids", "owner": "li.na"}
SUMS = {
    "as_of": None,
    "known_at": 5,
    "seconds": 0.1,
    "low": 1,
    "high": 2,
    "lots": 1,
    "customers": 0,
    "shipments": 0,
    "complete": True,
    "limit_hit": None,
    "watermark": "w1.x",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases.sqlite"


def ledger_at(path: Path) -> CaseLedger:
    ticks = count(1_000)
    return CaseLedger(path, lambda: next(ticks))


async def test_another_process_reads_the_same_case_and_goes_on_with_it(path: Path) -> None:
    one, other = ledger_at(path), ledger_at(path)
    case = await one.draft(LI, DRAFT)
    seen = await other.case(case.case_id)
    assert (seen, seen.log) == (case, case.log)
    simulated = await other.note(seen, LI, CaseAction.SIMULATED, SUMS)
    assert await one.case(case.case_id) == simulated
    with pytest.raises(Conflict) as changed:
        await one.note(case, LI, CaseAction.NOTED, {"text": "late"})
    assert changed.value.code == "case.changed"
    one.close()
    other.close()


async def test_cases_are_numbered_across_processes(path: Path) -> None:
    one, other = ledger_at(path), ledger_at(path)
    names = [(await ledger.draft(LI, DRAFT)).case_id for ledger in (one, other, one)]
    assert names == ["RC-000001", "RC-000002", "RC-000003"]
    assert [case.case_id for case in await other.cases()] == names[::-1]
    with pytest.raises(NotFound):
        await one.case("RC-000004")
    one.close()
    other.close()


async def test_a_line_is_neither_changed_nor_deleted_and_a_forged_one_is_found(path: Path) -> None:
    ledger = ledger_at(path)
    case = await ledger.draft(LI, DRAFT)
    await ledger.note(case, LI, CaseAction.NOTED, {"text": "one"})
    assert await ledger.verify() is None
    ledger.close()
    with closing(sqlite3.connect(path)) as db, db:
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("UPDATE entries SET actor = 'nobody'")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("DELETE FROM entries")
        db.execute("DROP TRIGGER entries_stay")
        db.execute("UPDATE entries SET actor = 'nobody' WHERE number = 2")
    db.close()
    again = ledger_at(path)
    assert await again.verify() == 2
    again.close()


async def test_a_clients_own_id_is_forgotten_after_a_day(path: Path) -> None:
    now = [1_000]
    ledger = CaseLedger(path, lambda: now[0])
    asked = Asked("li.na", "draftRecallCase", "mine", "digest")
    case = await ledger.draft(LI, DRAFT, asked)
    assert await ledger.answered(asked) == case.case_id
    now[0] += KEPT_MS + 1
    assert await ledger.answered(asked) is None
    ledger.close()


async def test_every_step_is_refused_from_every_state_that_does_not_allow_it(path: Path) -> None:
    ledger = ledger_at(path)
    draft = await ledger.draft(LI, DRAFT)
    ledger.close()
    refused = [
        (state, action)
        for state in CaseState
        for action in CaseAction
        if not _takes(RecallCase(**{**_fields(draft), "state": state}), action)
    ]
    assert set(refused) == {
        (state, action) for state in CaseState for action in CaseAction if state not in ALLOWED[action]
    }
    assert (CaseState.DRAFT, CaseAction.OPENED) in refused
    assert (CaseState.OPENED, CaseAction.RELEASE_ORDERED) in refused
    assert (CaseState.CLOSED, CaseAction.NOTED) in refused
    assert (CaseState.CONTAINED, CaseAction.RELEASE_ORDERED) not in refused


async def test_a_case_is_what_its_log_tells(path: Path) -> None:
    ledger = ledger_at(path)
    case = await ledger.draft(LI, DRAFT)
    case = await ledger.note(case, LI, CaseAction.SIMULATED, SUMS)
    case = await ledger.note(case, LI, CaseAction.OPENED, {"reason": "sure"})
    order = {"reason": "stop", "lots": ["L1", "L2"], "containers": ["BOX-1"]}
    case = await ledger.note(case, LI, CaseAction.HOLDS_ORDERED, order)
    assert (case.state, dict(case.held_lots)) == (CaseState.OPENED, {})
    case = await ledger.note(case, LI, CaseAction.CONTAINED, {"round": 1})
    assert (case.state, dict(case.held_lots), dict(case.held_containers)) == (
        CaseState.CONTAINED,
        {"L1": 1, "L2": 1},
        {"BOX-1": 1},
    )
    part = {"reason": "clean", "lots": ["L1"], "containers": []}
    case = await ledger.note(case, LI, CaseAction.RELEASE_ORDERED, part)
    case = await ledger.note(case, LI, CaseAction.RELEASED, {"round": 2})
    assert (case.state, dict(case.held_lots), case.released_lots) == (
        CaseState.PARTLY_RELEASED,
        {"L2": 1},
        ("L1",),
    )
    assert told(case.log) == case
    ledger.close()


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        (SCOPE, {"materialLot": {"materialLotId": "PASTE-1"}}),
        (
            EquipmentScope("DB-01", Window(Instant(0), None), "H1"),
            {
                "equipment": {
                    "equipmentId": "DB-01",
                    "window": {"from": "1970-01-01T00:00:00.000Z"},
                    "position": "H1",
                }
            },
        ),
        (
            WaferScope("W1", 0, 3, bins=(1, 2)),
            {"wafer": {"substrateId": "W1", "xMin": 0, "xMax": 3, "bins": [1, 2]}},
        ),
    ],
)
def test_a_scope_survives_the_log(scope: object, shown: object) -> None:
    kept = scope_kept(scope)  # type: ignore[arg-type]
    assert scope_read(kept) == scope
    assert scope_shown(scope) == shown  # type: ignore[arg-type]


def _fields(case: RecallCase) -> dict[str, object]:
    return {name: getattr(case, name) for name in RecallCase.__slots__}


def _takes(case: RecallCase, action: CaseAction) -> bool:
    try:
        check(case, action)
    except ImpossibleTransition:
        return False
    return True
