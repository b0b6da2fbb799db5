from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import factory
from twin.events.codec import encode
from twin.events.event import Event
from twin.events.lot import LotReleased
from twin.intake.dead_letters import DeadLetters
from twin.intake.intake import Intake
from twin.intake.outbox import Outbox
from twin.vocabulary.instants import Instant


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[Intake]:
    letters = DeadLetters(tmp_path / "letters.db")
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        yield Intake(outbox, letters)
    letters.close()


async def test_what_a_connector_emits_is_durable_and_a_resend_harmless(intake: Intake) -> None:
    events = [factory.lot_created(), factory.lot_tracked_in()]
    door = intake.door("db-01")
    for _ in range(2):
        await door.emit(events)

    kept = await intake.outbox.after(0, 10)
    assert [entry.payload for entry in kept] == [encode(event) for event in events]
    assert await intake.dead_letters.depth() == 0


async def test_an_emitted_fact_that_breaks_the_contract_is_set_aside_alone(intake: Intake) -> None:
    bad = Event(event_id="bad", source="db-01", occurred_at=Instant(0), fact=LotReleased(lot_id="a\tb"))
    broken = Event(
        event_id="x\ud800", source="db-01", occurred_at=Instant(10**18), fact=LotReleased(lot_id="L")
    )
    good = factory.lot_created(event_id="good")

    await intake.door("db-01").emit([bad, broken, good])

    assert [entry.event().event_id for entry in await intake.outbox.after(0, 10)] == ["good"]
    letters = await intake.dead_letters.waiting()
    assert [(one.stage, one.source, one.code, one.event_id) for one in letters] == [
        ("connector", "db-01", "event.bad_value", "bad"),
        ("connector", "db-01", "event.bad_value", "x\\ud800"),
    ]


async def test_an_emitted_id_in_use_is_set_aside_and_its_device_acknowledged(intake: Intake) -> None:
    door = intake.door("db-01")
    await door.emit([factory.lot_created(event_id="e-1", quantity=1)])
    await door.emit([factory.lot_created(event_id="e-1", quantity=2)])

    assert [one.code for one in await intake.dead_letters.waiting()] == ["event.id_reused"]


async def test_refused_bytes_are_kept_with_stage_and_reason(intake: Intake) -> None:
    await intake.door("scan-1").refuse(b"\x02??\x03", "mapping", "no such prefix")

    (letter,) = await intake.dead_letters.waiting()
    assert (letter.source, letter.stage, letter.message, letter.raw) == (
        "scan-1",
        "mapping",
        "no such prefix",
        b"\x02??\x03",
    )


async def test_counts_what_it_took_by_source_and_result(tmp_path: Path) -> None:
    counts: list[tuple[str, str, int]] = []
    letters = DeadLetters(tmp_path / "letters.db")
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        door = Intake(outbox, letters, lambda *told: counts.append(told)).door("db-01")
        event = factory.lot_created()
        await door.emit([event, event])
        await door.refuse(b"?", "client", "noise")
    letters.close()

    assert counts == [("db-01", "accepted", 1), ("db-01", "duplicate", 1), ("db-01", "refused", 1)]
