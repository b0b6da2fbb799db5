"""How long one thing takes that is done many times."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

TIMES: Final = 200
FEW: Final = 5
_FOR_S: Final = 10.0


@dataclass(frozen=True)
class Spread:
    """Milliseconds of one thing done many times: wall clock, and the processor's share in this process."""

    name: str
    p50: float
    p99: float
    cpu: float
    target: str


async def timed(
    name: str, target: str, ask: Callable[[], Awaitable[Any]], times: int = TIMES, uncounted: int = 1
) -> Spread:
    """Do it so often, or for ten seconds; some times before that nobody counts."""
    for _ in range(uncounted):
        await ask()
    took: list[float] = []
    cpu = time.process_time()
    end = time.monotonic() + _FOR_S
    while len(took) < times and (time.monotonic() < end or len(took) < FEW):
        started = time.perf_counter()
        await ask()
        took.append(1_000 * (time.perf_counter() - started))
    return spread(name, target, took, 1_000 * (time.process_time() - cpu) / len(took))


async def times(ask: Callable[[], Awaitable[Any]], number: int) -> list[float]:
    """Milliseconds of each; once before that nobody counts."""
    await ask()
    took: list[float] = []
    for _ in range(number):
        started = time.perf_counter()
        await ask()
        took.append(1_000 * (time.perf_counter() - started))
    return took


async def timed_in_turn(
    asks: Mapping[str, Callable[[], Awaitable[Any]]], turns: int, number: int
) -> list[Spread]:
    """Do several things in turn, each so often at a stretch: ratios stay when the machine's speed wanders."""
    took: dict[str, list[float]] = {name: [] for name in asks}
    cpu = dict.fromkeys(asks, 0.0)
    for _ in range(turns):
        for name, ask in asks.items():
            computed = time.process_time()
            took[name] += await times(ask, number)
            cpu[name] += 1_000 * (time.process_time() - computed) / (turns * (number + 1))
    return [spread(name, "", took[name], cpu[name]) for name in asks]


def spread(name: str, target: str, took: Sequence[float], cpu: float) -> Spread:
    """What these milliseconds come to; said at once, since the whole takes long."""
    ordered = sorted(took)
    middle, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    print(f"  {name}: {middle:.2f} ms", flush=True)
    return Spread(name, middle, late, cpu, target)
