from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests import factory
from twin.errors import StreamUnavailable
from twin.events.alarm import AlarmSet
from twin.events.equipment import EquipmentConnected
from twin.events.event import Event
from twin.events.order import EquipmentRegistered
from twin.intake.dead_letters import DeadLetters
from twin.intake.intake import Intake
from twin.intake.outbox import Outbox
from twin.intake.store_alarms import StoreAlarms, Watched

BEGUN = ["EquipmentRegistered", "EquipmentConnected", "AlarmSet"]


class Stores:
    """Two stores whose state is set by hand, and a clock that moves by a second with every reading."""

    def __init__(self) -> None:
        self.trouble: dict[str, str | Exception | None] = {"graph": None, "outbox": None}
        self.at = 0

    def clock(self) -> int:
        self.at += 1_000
        return self.at

    def watched(self) -> dict[str, Watched]:
        return {"graph": Watched(self._look("graph"), patience=2), "outbox": Watched(self._look("outbox"))}

    def _look(self, name: str) -> Any:
        async def look() -> str | None:
            found = self.trouble[name]
            if isinstance(found, Exception):
                raise found
            return found

        return look


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[Intake]:
    letters = DeadLetters(tmp_path / "letters.db")
    async with Outbox(tmp_path / "outbox.db", 2, capacity_bytes=2_000) as outbox:
        yield Intake(outbox, letters)
        assert await letters.depth() == 0
    letters.close()


@pytest.fixture
def stores() -> Stores:
    return Stores()


@pytest.fixture
def alarms(tmp_path: Path, intake: Intake, stores: Stores) -> StoreAlarms:
    return StoreAlarms(tmp_path / "alarms.json", intake, stores.watched(), stores.clock)


async def told(intake: Intake) -> list[tuple[str, int, str]]:
    events: list[Event] = [entry.event() for entry in await intake.outbox.after(0, 100)]
    short = f"dieloom/{intake.outbox.outbox_id}/"
    return [
        (event.type, event.occurred_at, getattr(event.fact, "alarm_id", "").removeprefix(short))
        for event in events
        if event.source == "dieloom.stores"
    ]


async def looks(alarms: StoreAlarms, times: int) -> None:
    for _ in range(times):
        await alarms.look()


async def test_a_fault_is_told_once_when_it_begins_and_once_when_it_is_over(
    alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    await looks(alarms, 2)
    stores.trouble["graph"] = "the graph does not answer"
    await looks(alarms, 5)
    began = [
        ("EquipmentRegistered", 1_000, ""),
        ("EquipmentConnected", 1_000, ""),
        ("AlarmSet", 1_000, "graph/1000"),
    ]
    assert (await told(intake), alarms.open) == (began, 1)

    stores.trouble["graph"] = None
    await looks(alarms, 5)
    assert (await told(intake), alarms.open) == ([*began, ("AlarmCleared", 2_000, "graph/1000")], 0)


async def test_what_an_alarm_says_is_the_store_and_the_reason(
    alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    stores.trouble["graph"] = StreamUnavailable("nobody answers")
    await looks(alarms, 2)
    outbox_id = intake.outbox.outbox_id
    assert [entry.event().fact for entry in await intake.outbox.after(0, 100)] == [
        EquipmentRegistered(equipment_id="dieloom", equipment_type="DIGITAL_TWIN"),
        EquipmentConnected(equipment_id="dieloom"),
        AlarmSet(
            alarm_id=f"dieloom/{outbox_id}/graph/1000",
            equipment_id="dieloom",
            code="store.graph",
            text="nobody answers",
            category="SERVICE",
        ),
    ]


async def test_a_store_that_was_unwell_for_one_look_only_is_no_fault(
    alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    for _ in range(3):
        stores.trouble["graph"] = "the graph does not answer"
        await alarms.look()
        stores.trouble["graph"] = None
        await alarms.look()
    assert (await told(intake), alarms.open) == ([], 0)


async def test_a_store_that_comes_and_goes_is_one_fault(
    alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    for _ in range(4):
        stores.trouble["outbox"] = "its disk is full"
        await alarms.look()
        stores.trouble["outbox"] = None
        await looks(alarms, 2)
    assert [kind for kind, _, _ in await told(intake)] == BEGUN
    await alarms.look()
    assert [kind for kind, _, _ in await told(intake)] == [*BEGUN, "AlarmCleared"]


async def test_a_second_fault_of_a_store_is_an_alarm_of_its_own(
    alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    for _ in range(2):
        stores.trouble["outbox"] = "its disk is full"
        await alarms.look()
        stores.trouble["outbox"] = None
        await looks(alarms, 3)
    assert [one for one in await told(intake) if one[2]] == [
        ("AlarmSet", 1_000, "outbox/1000"),
        ("AlarmCleared", 2_000, "outbox/1000"),
        ("AlarmSet", 3_000, "outbox/3000"),
        ("AlarmCleared", 4_000, "outbox/3000"),
    ]


async def test_a_fault_that_the_outbox_could_not_take_is_told_later_with_its_own_time(
    alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    await intake.accept([factory.units_scrapped(event_id="large", lot_id="L", reason="x" * 3_000)])
    stores.trouble["outbox"] = "the outbox is full"
    await looks(alarms, 4)
    stores.trouble["outbox"] = None
    await looks(alarms, 4)
    assert (await told(intake), alarms.open) == ([], 1)

    watermark = intake.outbox.watermark()
    await intake.outbox.projected(watermark.positions)
    await alarms.look()
    assert alarms.open == 0
    assert await told(intake) == [
        ("EquipmentRegistered", 1_000, ""),
        ("EquipmentConnected", 1_000, ""),
        ("AlarmSet", 1_000, "outbox/1000"),
        ("AlarmCleared", 2_000, "outbox/1000"),
    ]


async def test_what_cannot_be_kept_is_not_told_yet(
    tmp_path: Path, alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    (tmp_path / "alarms.json.new").mkdir()
    stores.trouble["outbox"] = "its disk is full"
    await looks(alarms, 2)
    assert await told(intake) == []
    (tmp_path / "alarms.json.new").rmdir()
    await alarms.look()
    assert [kind for kind, _, _ in await told(intake)] == BEGUN


async def test_the_next_process_goes_on_with_an_open_fault_and_tells_nothing_twice(
    tmp_path: Path, alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    stores.trouble["graph"] = "the graph does not answer"
    await looks(alarms, 3)
    before = await told(intake)

    heir = StoreAlarms(tmp_path / "alarms.json", intake, stores.watched(), stores.clock)
    await looks(heir, 2)
    assert (await told(intake), heir.open) == (before, 1)
    stores.trouble["graph"] = None
    await looks(heir, 3)
    assert await told(intake) == [*before, ("AlarmCleared", 2_000, "graph/1000")]

    last = StoreAlarms(tmp_path / "alarms.json", intake, stores.watched(), stores.clock)
    await looks(last, 4)
    assert len(await told(intake)) == 4


async def test_a_fault_of_a_store_that_is_no_longer_watched_ends(
    tmp_path: Path, alarms: StoreAlarms, stores: Stores, intake: Intake
) -> None:
    stores.trouble["graph"] = "the graph does not answer"
    await looks(alarms, 2)
    only = {"outbox": stores.watched()["outbox"]}
    heir = StoreAlarms(tmp_path / "alarms.json", intake, only, stores.clock)
    await looks(heir, 3)
    assert [kind for kind, _, _ in await told(intake)] == [*BEGUN, "AlarmCleared"]


async def test_an_unreadable_file_of_faults_stops_nobody(
    tmp_path: Path, stores: Stores, intake: Intake
) -> None:
    (tmp_path / "alarms.json").write_bytes(b"{nonsense")
    alarms = StoreAlarms(tmp_path / "alarms.json", intake, stores.watched(), stores.clock)
    stores.trouble["outbox"] = "its disk is full"
    await alarms.look()
    assert alarms.open == 1
