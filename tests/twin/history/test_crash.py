from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factory
from tests.twin.history.keeping import opened, placed, series

ROOT = Path(__file__).parents[3]
KILLS = 6


@pytest.mark.parametrize("seed", [20261122])
async def test_kills_while_keeping_and_tidying_lose_and_double_no_sample(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    dice = random.Random(seed)
    last = 0
    for _ in range(KILLS):
        last = kept_until_killed(tmp_path, last + 1, last + dice.randint(20, 120))

    history = opened(tmp_path)
    told = [
        factory.parameters_sampled(
            event_id=f"e-{one}",
            occurred_at=f"{one % 24:02}:00",
            samples=[{"name": "bond_force", "value": one}],
        )
        for one in range(1, last + 1)
    ]
    before = await series(history, buckets=1)
    await history.keep(placed(told, again=True))
    after = await series(history, buckets=1)
    history.close()

    assert before.count >= last
    assert after.count == before.count
    assert (after.buckets[0].min, after.buckets[0].max) == (1.0, float(before.count))
    assert after.buckets[0].mean == (before.count + 1) / 2


def kept_until_killed(folder: Path, first: int, enough: int) -> int:
    """Run a keeper, kill it once it told enough; the last sample it told to be durable."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.twin.history.keeper", str(folder), str(first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as keeper:
        assert keeper.stdout is not None
        last = first - 1
        for told in keeper.stdout:
            last = int(told)
            if last >= enough:
                break
        keeper.kill()
        return max([last, *(int(line) for line in keeper.stdout if line.endswith("\n"))])
