"""``make bench``: what this machine does now, beside a peer or a floor of the same run."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Final

from bench import ingest, live, live_cases, reads
from bench.service import BenchService

_GRAPH: Final = ("URL", "USER", "PASSWORD", "DATABASE")
_PLANT_LOTS: Final = 2_000


def main() -> None:
    """Run every bench on the embedded stores; on DIELOOM_GRAPH_URL too when that is set."""
    _run("embedded ArcadeDB and Valkey", {})
    named = {f"DIELOOM_GRAPH_{part}": os.environ.get(f"DIELOOM_GRAPH_{part}", "") for part in _GRAPH}
    if named["DIELOOM_GRAPH_URL"]:
        _run(
            f"the graph at {named['DIELOOM_GRAPH_URL']}", {name: text for name, text in named.items() if text}
        )


def _run(stores: str, environment: dict[str, str]) -> None:
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"\n{stores}; {cores} cores, load {load:.1f} before the start (others' work lowers every figure)")
    with (
        tempfile.TemporaryDirectory(prefix="dieloom-bench-") as folder,
        BenchService(Path(folder), environment) as service,
    ):
        _tell_ingest(ingest.measure(service, _PLANT_LOTS))
        _tell_live(asyncio.run(live.measure(service)))
        live_cases.tell(asyncio.run(live_cases.measure(service)))
        _tell_reads(reads.measure(service, [*reads.of_the_plant(_PLANT_LOTS), *reads.led_small(service)]))


def _tell_ingest(done: ingest.IngestFigures) -> None:
    print(f"\nHTTP ingest of mixed lot events, POST to committed, {ingest.SUSTAINED_S:.0f} s")
    print(f"  {'dieloom':34s} {done.rate:9,.0f} events/s   (target 3,000)")
    print(f"  {'one MERGE a row, same store':34s} {done.merge_rate:9,.0f} rows/s")
    print(f"  {'ratio':34s} {done.ratio:9.1f} x         (target 10)")
    if done.cpu_us is not None:
        print(f"  {'CPU of service and its stores':34s} {done.cpu_us:9.0f} us an event")


def _tell_live(done: live.LiveFigures) -> None:
    print(f"\nmachine event to subscriber frame at {done.rate:.0f} events/s, ms      p50      p95      p99")
    for name, shares in (
        ("from accepted (target p50 20)", done.from_accepted),
        ("from sent", done.from_sent),
    ):
        print(f"  {name:50s}" + "".join(f"{shares[share]:9.1f}" for share in (50, 95, 99)))


def _tell_reads(rows: list[reads.ReadFigures]) -> None:
    print("\nreads, one client, ms                                fastest      p50      p95")
    for row in rows:
        print(f"  {row.name:50s}{row.fastest:9.1f}{row.p50:9.1f}{row.p95:9.1f}")


if __name__ == "__main__":
    main()
