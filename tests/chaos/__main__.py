"""``python -m tests.chaos``: the whole service under fire, and what became of every event it was given."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos.faults import FAULTS
from tests.chaos.history import Outcome
from tests.chaos.run import DRAIN_WITHIN_S, Report, run


def main() -> int:
    """Run, print the report, and fail when an event was lost, doubled, torn or out of order."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long faults strike (60)")
    parser.add_argument("--seed", type=int, default=None, help="the same seed deals the same faults")
    parser.add_argument("--only", action="append", help="only faults whose name contains this word")
    parser.add_argument("--keep", type=Path, default=None, help="leave all files in this new folder")
    words = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    seed = random.SystemRandom().randrange(2**32) if words.seed is None else words.seed
    faults = [fault for fault in FAULTS if not words.only or any(one in fault.name for one in words.only)]
    print(f"chaos for {words.seconds:.0f} s, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="dieloom-chaos-") as temporary:
        folder = words.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        report = asyncio.run(run(folder, words.seconds, seed, lambda said: print(said, flush=True), faults))
    print("\n".join(told(report)), flush=True)
    return 0 if report.good else 1


def told(report: Report) -> list[str]:
    """The report as lines of a table."""
    outcomes = ", ".join(f"{report.outcomes[known]} {known}" for known in Outcome)
    rows = [
        ("seed", str(report.seed)),
        ("seconds", f"{report.seconds:.0f}"),
        *((f"fault: {name}", str(times)) for name, times in sorted(report.faults.items())),
        *((f"skipped: {name}", why) for name, why in sorted(report.skipped.items())),
        ("process restarts", ", ".join(f"{name} {n}" for name, n in sorted(report.restarts.items())) or "0"),
        ("frames torn, unsynced bytes cut off", f"{report.half_frames}, {report.unsynced_bytes}"),
        ("events sent", outcomes),
        ("posts", f"{report.attempts}, {report.unheard} not heard, {report.refused} refused"),
        ("events kept", str(report.kept)),
        *((name, str(number)) for name, number in report.verdict.counts().items()),
        ("wrong answers", str(len(report.wrong_answers))),
        ("drained after the last fault", f"{report.drained_s:.1f} s of {DRAIN_WITHIN_S:.0f} s"),
        ("verdict", "good" if report.good else "BAD"),
    ]
    lines = [f"{name:<40}{value}" for name, value in rows]
    for kind, found in (*vars(report.verdict).items(), ("wrong answers", report.wrong_answers)):
        lines += [f"  {kind}: {one}" for one in found[:5]]
    return lines


if __name__ == "__main__":
    sys.exit(main())
