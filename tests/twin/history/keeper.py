"""A process that keeps numbered samples for ever, tidying all the while; tells each that is durable."""

import asyncio
import sys
from pathlib import Path

from tests import factory
from tests.twin.history.keeping import opened, placed


async def main(folder: Path, first: int) -> None:
    history = opened(folder)
    tidying = asyncio.create_task(tidy(history.tidy))
    number = first
    while not tidying.done():
        events = [
            factory.parameters_sampled(
                event_id=f"e-{one}",
                occurred_at=f"{one % 24:02}:00",
                samples=[{"name": "bond_force", "value": one}],
            )
            for one in range(number, number + 5)
        ]
        await history.keep(placed(events, number))
        number += 5
        print(number - 1, flush=True)
    await tidying


async def tidy(once: object) -> None:
    assert callable(once)
    while True:
        await asyncio.to_thread(once)


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
