from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import SourceUnavailable
from connectors.secs_gem.config import SecsGemOptions
from connectors.secs_gem.presence import Presence
from tests.connectors.intake import Kept
from twin.events.equipment import EquipmentConnected, EquipmentDisconnected


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def presence(kept: Kept, tmp_path: Path) -> Presence:
    return Presence(SecsGemOptions(id="db-01", state_dir=tmp_path, equipment_id="DB-01", port=5000), kept)


def disconnected(reason: str) -> EquipmentDisconnected:
    return EquipmentDisconnected(equipment_id="DB-01", reason=reason)


CONNECTED = EquipmentConnected(equipment_id="DB-01")


async def test_each_change_is_told_once(presence: Presence, kept: Kept) -> None:
    await presence.lost("refused")
    await presence.lost("refused again")
    await presence.heard()
    await presence.heard()
    await presence.lost("cut")
    assert [event.fact for event in kept.events] == [disconnected("refused"), CONNECTED, disconnected("cut")]


async def test_a_loss_that_could_not_be_stored_is_told_later_with_its_own_reason_and_time(
    presence: Presence, kept: Kept
) -> None:
    await presence.heard()
    kept.failure = OSError("disk full")
    await presence.lost("cut")
    kept.failure = None
    await presence.lost("still away")
    assert [event.fact for event in kept.events] == [CONNECTED, disconnected("cut")]


async def test_an_outage_that_ends_before_its_begin_could_be_stored_is_told_whole(
    presence: Presence, kept: Kept
) -> None:
    await presence.heard()
    kept.failure = OSError("disk full")
    await presence.lost("cut")
    with pytest.raises(SourceUnavailable):
        await presence.heard()
    kept.failure = None
    await presence.heard()
    assert [event.fact for event in kept.events] == [CONNECTED, disconnected("cut"), CONNECTED]
    assert [event.occurred_at for event in kept.events] == sorted(event.occurred_at for event in kept.events)
