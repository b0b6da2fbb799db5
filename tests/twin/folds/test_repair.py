from __future__ import annotations

from tests import factory
from twin.folds.repair import repair, repair_of

ASKED = factory.repair_requested(occurred_at="08:00", reason_code="JAM", by="op-1")
BEGUN = factory.repair_started(occurred_at="09:00", by="tech-1", note="belt torn")
DONE = factory.repair_finished(occurred_at="10:00", by="tech-2", parts=["belt"])


def test_a_repair_is_asked_for_begun_and_done_whatever_came_first() -> None:
    assert repair([DONE, ASKED, BEGUN]) == {
        "equipment_id": "DB-01",
        "reason_code": "JAM",
        "note": "belt torn",
        "parts": ["belt"],
        "requested_at": factory.at("08:00"),
        "requested_by": "op-1",
        "started_at": factory.at("09:00"),
        "started_by": "tech-1",
        "finished_at": factory.at("10:00"),
        "finished_by": "tech-2",
    }


def test_asked_for_again_it_is_neither_begun_nor_done() -> None:
    again = factory.repair_requested(occurred_at="11:00", by="op-2")
    found = repair([ASKED, BEGUN, DONE, again])
    assert (found["requested_by"], found["started_at"], found["finished_at"]) == ("op-2", None, None)


def test_only_the_steps_of_a_repair_name_one() -> None:
    assert repair_of(BEGUN) == "REPAIR-1"
    assert repair_of(factory.maintenance_done()) is None
