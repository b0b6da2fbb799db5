from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from tests.twin.cases.holding_system import holding_system
from tests.twin.cases.test_systems import COMMAND
from twin.cases.commands import MOST_WAITING, HoldCommands
from twin.cases.sender import FIRST_PAUSE_MS, LONGEST_PAUSE_MS, Sender, _pause
from twin.cases.systems import System
from twin.errors import Refused
from twin.graph.session import Graph
from twin.vocabulary.cases import CommandState
from twin.vocabulary.instants import Instant

NO_GRAPH = cast(Graph, None)


class Clock:
    now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
async def commands(tmp_path: Path) -> AsyncIterator[HoldCommands]:
    made = HoldCommands(tmp_path / "holds.sqlite")
    yield made
    made.close()


async def test_a_command_is_sent_again_until_it_is_done_and_never_after(commands: HoldCommands) -> None:
    clock = Clock()
    await commands.issue([COMMAND])
    async with holding_system(500, 404, default=204) as system:
        sender = Sender(commands, {"mes": System("mes", system.url)}, NO_GRAPH, clock)
        for attempts in (1, 2):
            assert await sender.turn("mes") == 1
            waiting = await commands.command(COMMAND.command_id)
            assert waiting is not None
            assert (waiting.attempts, waiting.next_at > clock.now) == (attempts, True)
            assert await sender.turn("mes") == 0
            clock.now = waiting.next_at
        await sender.turn("mes")
        clock.now = 10**9
        assert await sender.turn("mes") == 0
        assert len(system.told) == 3
    done = await commands.command(COMMAND.command_id)
    assert done is not None
    assert (done.state_at(10**9), done.acknowledged_by, done.problem) == (
        CommandState.ACKNOWLEDGED,
        "mes",
        None,
    )


async def test_a_command_that_was_heard_waits_until_it_is_overdue(commands: HoldCommands) -> None:
    clock = Clock()
    await commands.issue([COMMAND])
    async with holding_system(default=202) as system:
        sender = Sender(commands, {"mes": System("mes", system.url)}, NO_GRAPH, clock)
        await sender.turn("mes")
        clock.now = COMMAND.due_at - 1
        assert await sender.turn("mes") == 0
        clock.now = COMMAND.due_at + 1
        assert [row.command_id for row in await commands.overdue(clock.now, 10)] == [COMMAND.command_id]
        assert await sender.turn("mes") == 1
    await commands.acknowledge([COMMAND.command_id], clock.now, "li.na")
    await commands.acknowledge([COMMAND.command_id], clock.now + 5, "somebody else")
    done = await commands.command(COMMAND.command_id)
    assert done is not None
    assert (done.acknowledged_at, done.acknowledged_by) == (clock.now, "li.na")


def test_pauses_grow_to_a_bound() -> None:
    assert 0.75 * FIRST_PAUSE_MS <= _pause(0) <= FIRST_PAUSE_MS
    assert 0.75 * 8 * FIRST_PAUSE_MS <= _pause(3) <= 8 * FIRST_PAUSE_MS
    assert 0.75 * LONGEST_PAUSE_MS <= _pause(1_000) <= LONGEST_PAUSE_MS


async def test_commands_are_issued_once_and_only_so_many_wait(
    commands: HoldCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await commands.issue([COMMAND])
    await commands.issue([replace(COMMAND, due_at=Instant(1))])
    assert await commands.of_case("RC-000001") == [COMMAND]
    assert MOST_WAITING == 200_000
    monkeypatch.setattr("twin.cases.commands.MOST_WAITING", 1)
    with pytest.raises(Refused) as refused:
        await commands.issue([replace(COMMAND, command_id="RC-000001-2-y")])
    assert refused.value.code == "holds.too_many"
