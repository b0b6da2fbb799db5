from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Event as Signal

from tests.factory import lot_created
from twin.events.event import Event
from twin.folds.suspicion import Suspicion
from twin.queries.finding_events import made_of


class Waiting:
    """A fold that goes on only once the loop has had its turn."""

    def __init__(self, turn: Signal) -> None:
        self._turn, self._heard = turn, False

    def absorb(self, event: Event) -> bool:  # noqa: ARG002 - as every fold has it
        self._heard = self._turn.wait(10)
        return True

    def suspicions(self) -> Sequence[Suspicion]:
        return [Suspicion("odd", "L", "It is odd.", ("LOT:L",))] if self._heard else []


async def test_the_loop_goes_on_while_events_are_tried() -> None:
    turn = Signal()
    event = lot_created(lot_id="L")
    asyncio.get_running_loop().call_soon(turn.set)
    odd = Suspicion("odd", "L", "It is odd.", ("LOT:L",)).finding_id
    assert await made_of(lambda: Waiting(turn), [event], odd) == [event.event_id]
