"""``make bench``: what this machine does now, beside a peer or a floor of the same run."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

import uvloop

from bench import ingest, lineage, live, live_cases, maps, reads, refold
from bench.lineage_figures import LineageFigures
from bench.service import BenchService

_GRAPH: Final = ("URL", "USER", "PASSWORD", "DATABASE")
_PLANT_LOTS: Final = 2_000
_LARGE_PLANT: Final = 20_000


def main() -> None:
    """Run every bench on the embedded stores; on DIELOOM_GRAPH_URL too when that is set.

    ``lineage [lots]`` runs the large plant alone, which takes long: 20,000 lots by default.
    """
    if sys.argv[1:2] == ["lineage"]:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # the loop of the service
            lots = int(sys.argv[2]) if sys.argv[2:] else _LARGE_PLANT
            _tell_lineage(runner.run(lineage.measure(lots)))
        return
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
        _tell_refold(refold.measure(service))
        _tell_maps(maps.measure(service))


def _tell_ingest(done: ingest.IngestFigures) -> None:
    print(f"\nHTTP ingest of mixed lot events, POST to committed, {ingest.SUSTAINED_S:.0f} s")
    print(f"  {'dieloom':34s} {done.rate:9,.0f} events/s   (target 3,000, then 8,000)")
    print(f"  {'the same by MERGE, one at a time':34s} {done.merge_rate:9,.0f} events/s")
    print(f"  {'ratio':34s} {done.ratio:9.1f} x         (target 10)")
    if done.cpu_us is not None:
        print(f"  {'CPU of service and its stores':34s} {done.cpu_us:9.0f} us an event")
    if done.rss_mb is not None:
        print(f"  {'memory of the service':34s} {done.rss_mb:9.0f} MB         (target 600)")


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


def _tell_refold(done: refold.RefoldFigures) -> None:
    print(f"\nlot of {refold.EVENTS:,} events, one more, POST to committed, ms")
    print(f"  {'that happened far back (target 50)':50s}{done.late_ms:9.1f}")
    print(f"  {'that happened last':50s}{done.newest_ms:9.1f}")


def _tell_maps(done: maps.MapFigures) -> None:
    print(f"\n{maps.MAPS:,} maps of {maps.DIES:,} dies and the transfers of all, POST to committed")
    print(f"  {'seconds (target 10)':50s}{done.seconds:9.1f}")
    print(f"  {'dies a second':50s}{done.dies_a_second:9,.0f}")
    if done.rss_mb is not None:
        print(f"  {'memory of the service, MB (target 600)':50s}{done.rss_mb:9.0f}")


def _tell_lineage(done: LineageFigures) -> None:
    plant = done.plant
    print(
        f"\nplant of {plant.lots:,} lots, {plant.units:,} named units, {plant.wafers * 2_500:,} dies packed"
    )
    print(f"  {done.events:,} events written into the graph in {done.load_s:.0f} s")
    print(f"  index built in {done.build_s:.1f} s (target 30), {done.index_mb:.0f} MB resident (target 400),")
    print(
        f"  {done.told_mb:.0f} MB by its own count; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    print("\nms                                                       p50      p99  CPU here   target")
    for row in done.rows:
        print(f"  {row.name:50s}{row.p50:9.2f}{row.p99:9.2f}{row.cpu:10.2f}   {row.target}")
    for name, ratio, target in done.ratios:
        print(f"  {name:50s}{ratio:9.1f} x                   {target} x")
    if not done.has_postgres:
        print("  PostgreSQL: not run: no PostgreSQL on this machine")


if __name__ == "__main__":
    main()
