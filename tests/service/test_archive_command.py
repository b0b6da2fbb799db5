from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests import factory
from tests.service.running import DIELOOM, ROOT, clean_environment
from twin.intake.archiving import Archiving, Bounds
from twin.intake.outbox import Outbox

SHARDS = 4


def command(data: Path, name: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [str(DIELOOM), "archive", name, "--json", "--data", str(data)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


async def test_the_command_lists_the_segments_and_names_the_first_broken_one(tmp_path: Path) -> None:
    path, archives = tmp_path / "outbox/outbox.sqlite", tmp_path / "archive"
    work = Archiving(path, SHARDS, archives, 0, bounds=Bounds(segment_bytes=1_000, wait_ms=0))
    async with Outbox(path, SHARDS, archives=archives) as outbox:
        await outbox.accept([factory.lot_created(event_id=f"e{n}") for n in range(20)])

        async def reached() -> dict[str, int]:
            return outbox.watermark().positions

        await work.once(reached)
        work.close()

    code, facts = command(tmp_path, "list")
    segments = facts["segments"]
    assert code == 0
    assert (segments[0]["first"], segments[-1]["last"]) == (1, 20)
    assert sum(segment["rows"] for segment in segments) == 20
    assert len(segments) > 2

    sound = command(tmp_path, "verify")
    assert sound[0] == 0
    assert [(row["broken"], row["last"]) for row in sound[1]["archives"]] == [(None, 20)]

    broken = archives / segments[1]["file"]
    whole = broken.read_bytes()
    broken.write_bytes(whole[:30] + bytes([whole[30] ^ 1]) + whole[31:])
    code, facts = command(tmp_path, "verify")
    assert code == 1
    assert [row["broken"] for row in facts["archives"]] == [
        f"{segments[1]['file']}: its bytes are not those that were sealed"
    ]
