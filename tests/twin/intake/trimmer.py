"""A process that takes numbered events for ever and archives and trims all the while; tells each batch."""

import asyncio
import sys
from pathlib import Path

from tests import factory
from twin.events.event import Event
from twin.intake.archiving import Archiving, Bounds, Positions
from twin.intake.outbox import Outbox

SHARDS = 4


async def main(folder: Path, first: int) -> None:
    path, archives = folder / "outbox.sqlite", folder / "archive"
    work = Archiving(path, SHARDS, archives, 0, bounds=Bounds(segment_bytes=12_000, wait_ms=0))
    async with Outbox(path, SHARDS, archives=archives) as outbox:

        async def reached() -> dict[str, int]:
            return outbox.watermark().positions

        tidying = asyncio.create_task(tidy(work, reached))
        while not tidying.done():
            events = [event(number) for number in range(first, first + 10)]
            await outbox.accept(events)
            first += 10
            print(first - 1, flush=True)
            await asyncio.sleep(0.01)
        await tidying


def event(number: int) -> Event:
    return factory.lot_created(event_id=f"e{number}", lot_id=f"L{number}", occurred_at="08:00")


async def tidy(work: Archiving, reached: Positions) -> None:
    while True:
        await work.once(reached)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
