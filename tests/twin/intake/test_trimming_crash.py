from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.twin.intake.trimmer import SHARDS, event
from twin.archive.archive import Archive
from twin.intake.kept import KeptOutbox
from twin.intake.outbox import Outbox
from twin.intake.verdict import Verdict

ROOT = Path(__file__).parents[3]
KILLS = 4


@pytest.mark.parametrize("seed", [20261122])
async def test_kills_while_archiving_and_trimming_lose_double_and_forget_nothing(
    tmp_path: Path, seed: int
) -> None:
    print(f"seed {seed}")
    dice = random.Random(seed)
    last = lives = 0
    while lives < KILLS or not trimmed_in(tmp_path):  # a busy machine may need more of them to get that far
        last = taken_until_killed(tmp_path, last + 1, last + dice.randint(200, 800))
        lives += 1

    kept = KeptOutbox(tmp_path / "outbox.sqlite", tmp_path / "archive")
    pages = list(kept.pages(kept.last()))
    trimmed = kept.trimmed()
    kept.close()
    found = [entry.event().event_id for page in pages for entry in page.entries]
    assert [row for page in pages for row in page.damaged] == []
    assert found == [f"e{number}" for number in range(1, len(found) + 1)]
    assert len(found) >= last
    assert trimmed > 0
    archive = Archive(tmp_path / "archive", kept.outbox_id)
    archive.open_to_write(trimmed)
    archive.close()
    assert archive.verify(trimmed) >= trimmed

    async with Outbox(tmp_path / "outbox.sqlite", SHARDS, archives=tmp_path / "archive") as outbox:
        again = [event(number) for number in range(1, len(found) + 1)]
        assert set(await outbox.accept(again)) == {Verdict.DUPLICATE}


def trimmed_in(folder: Path) -> int:
    kept = KeptOutbox(folder / "outbox.sqlite", folder / "archive")
    try:
        return kept.trimmed()
    finally:
        kept.close()


def taken_until_killed(folder: Path, first: int, enough: int) -> int:
    """Run a process that takes and trims, kill it once it told enough; the last event it told."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.twin.intake.trimmer", str(folder), str(first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as taker:
        assert taker.stdout is not None
        last = first - 1
        for told in taker.stdout:
            last = int(told)
            if last >= enough:
                break
        taker.kill()
        return max([last, *(int(line) for line in taker.stdout if line.endswith("\n"))])
