"""A parameter of a machine over a month, out of a million samples: ``python -m bench.history``.

Its peer is the same sum in plain Python over the same moments and numbers, already in memory.
"""

from __future__ import annotations

import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from twin.events.equipment import ParametersSampled, Sample
from twin.events.event import Event
from twin.history.history import Committed, History
from twin.history.samples import DAY_MS
from twin.history.series import SeriesAsked
from twin.vocabulary.instants import Instant, moment_of

DAYS: Final = 30
SAMPLES: Final = 1_000_000
A_MESSAGE: Final = 500
BUCKETS: Final = 200
START: Final = 20_500 * DAY_MS
STEP_MS: Final = DAYS * DAY_MS // SAMPLES
MOST_SECONDS: Final = 1.0
"""Of processor time: what a question takes when no other program wants the cores."""


def temperature(number: int) -> float:
    """A reading that wanders without a pattern that a compressor would find."""
    return 240 + number * 7_919 % 10_007 / 10_007


def messages() -> Iterator[Event]:
    """What the machine tells: two parameters, every sample at its own time."""
    for first in range(0, SAMPLES, A_MESSAGE):
        numbers = range(first, first + A_MESSAGE)
        samples = tuple(
            Sample(name=name, value=value, unit="CEL", at=moment_of(START + number * STEP_MS))
            for number in numbers
            for name, value in (("bond_temperature", temperature(number)), ("vacuum", 0.8))
        )
        yield Event(
            event_id=f"sampled-{first}",
            source="bench",
            occurred_at=Instant(START + numbers[-1] * STEP_MS),
            fact=ParametersSampled(equipment_id="DB-01", samples=samples),
        )


async def keep(history: History) -> float:
    """Keep all messages, a batch at a time, as the projector does; the seconds it took."""
    started = time.perf_counter()
    batch: list[Committed] = []
    for seq, event in enumerate(messages(), 1):
        batch.append(Committed(event, "bench/0", seq))
        if len(batch) == 10:
            await history.keep(batch)
            batch.clear()
    await history.keep(batch)
    return time.perf_counter() - started


async def ask(history: History, name: str) -> float:
    """The seconds of one question over the whole month."""
    asked = SeriesAsked("DB-01", name, Instant(START), Instant(START + DAYS * DAY_MS), BUCKETS)
    started = time.perf_counter()
    series = await history.series(asked)
    took = time.perf_counter() - started
    assert (series.count, len(series.buckets)) == (SAMPLES, BUCKETS)
    return took


def peer() -> float:
    """The seconds of the same sum without a store."""
    told = [(START + number * STEP_MS, temperature(number)) for number in range(SAMPLES)]
    started = time.perf_counter()
    sums: dict[int, list[float]] = {}
    for at, value in told:
        sums.setdefault((at - START) * BUCKETS // (DAYS * DAY_MS), []).append(value)
    buckets = [(min(found), max(found), sum(found) / len(found)) for found in sums.values()]
    took = time.perf_counter() - started
    assert len(buckets) == BUCKETS
    return took


def segments(folder: Path) -> list[Path]:
    """The files that it became."""
    return list(folder.glob("segments/*/*/*.parquet"))


async def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder), 400, lambda: START + DAYS * DAY_MS)
        kept = await keep(history)
        waiting = await ask(history, "bond_temperature")
        started = time.perf_counter()
        await asyncio.to_thread(history.tidy)
        tidied = time.perf_counter() - started
        busy = time.process_time()
        times = sorted([await ask(history, "bond_temperature") for _ in range(20)])
        busy = (time.process_time() - busy) / len(times)
        history.close()
        files = segments(Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        size = sum(file.stat().st_size for file in files) / 1e6
    rate = 2 * SAMPLES / kept
    print(f"kept      {2 * SAMPLES:,} samples in {kept:.1f} s ({rate:,.0f}/s), durable per batch")
    print(f"tidied    the rest in {tidied:.1f} s: {len(files)} files, {size:.1f} MB")
    print(f"asked     {SAMPLES:,} samples over {DAYS} days in {BUCKETS} buckets:")
    print(f"          median {times[10] * 1000:.0f} ms, slowest of 20 {times[-1] * 1000:.0f} ms")
    print(f"          {busy * 1000:.0f} ms of processor time, at a load of {os.getloadavg()[0]:.1f}")
    print(f"          {waiting * 1000:.0f} ms before the last samples were tidied")
    print(f"          {peer() * 1000:.0f} ms in plain Python, all of it in memory already")
    print(f"peak RSS  {peak} MB on {os.cpu_count()} cores")
    assert busy < MOST_SECONDS


if __name__ == "__main__":
    asyncio.run(main())
