from __future__ import annotations

from itertools import chain
from random import Random

import pytest

from connectors.stdf import mapping
from connectors.wafer_map import e142
from tests.connectors.files import SHARED, dropped, options, shared_file
from tests.graph_fixtures import wipe
from tests.twin.projection.arrivals import one, project, project_in_pieces
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.canonical import canonical

pytestmark = pytest.mark.shared

CONFLICTS = """
    MATCH (finding:Finding)
    WHERE finding.code IN ['die.used_twice', 'site.two_dies'] AND finding.resolved_at IS NULL
    RETURN finding.finding_id AS id, finding.things AS things
    ORDER BY id
"""


def _strips() -> list[Event]:
    files = sorted((SHARED / "e142").glob("*.xml")) if SHARED.exists() else []
    if not files:
        pytest.skip("../shared/data/e142 is not here")
    return list(
        chain.from_iterable(e142.read(dropped(file.read_bytes(), file.name), options()) for file in files)
    )


async def test_the_twelve_strips_keep_their_conflicts_in_any_order_of_arrival(empty_graph: Graph) -> None:
    strips = _strips()
    await project_in_pieces(empty_graph, strips, Random(1))
    in_order = await canonical(empty_graph)

    kinds = await empty_graph.read("MATCH (s:Substrate) RETURN s.kind AS kind, count(s) AS n ORDER BY kind")
    assert kinds == [{"kind": "STRIP", "n": 12}, {"kind": "WAFER", "n": 1}]
    moved = await one(
        empty_graph,
        "MATCH (:Substrate {substrate_id: 'VC339684.05'})-[moved:TRANSFERRED_TO]->(strip:Substrate)"
        " RETURN sum(moved.count) AS dies, count(DISTINCT strip.substrate_id) AS strips",
    )
    assert moved == {"dies": 384, "strips": 12}
    conflicts = {row["id"]: row["things"] for row in await empty_graph.read(CONFLICTS)}
    assert sorted(conflicts) == [
        "die.used_twice:VC339684.05@4,51",
        *sorted(f"site.two_dies:3138096869@{x},{y}" for x in (13, 14, 15) for y in (0, 1)),
    ]
    assert conflicts["die.used_twice:VC339684.05@4,51"] == [
        "DIE:VC339684.05@4,51",
        "SUBSTRATE:3138096885",
        "SUBSTRATE:3138096886",
    ]

    await wipe(empty_graph)
    Random(2).shuffle(strips)
    await project_in_pieces(empty_graph, strips, Random(3))
    assert (await canonical(empty_graph)).splitlines() == in_order.splitlines()


async def test_a_strip_keeps_its_map_byte_for_byte(empty_graph: Graph) -> None:
    await project(empty_graph, *_strips())

    strip = await one(
        empty_graph,
        "MATCH (s:Substrate {substrate_id: '3138096869'}) RETURN s.bins AS bins, s.columns AS columns,"
        " s.rows AS rows, s.null_bin AS null_bin, s.lot_id AS lot_id",
    )
    assert strip == {
        "bins": b"\x01\x00" * 32,
        "columns": 16,
        "rows": 2,
        "null_bin": 0xFFFF,
        "lot_id": "VC339684G09",
    }


async def test_a_tester_session_is_kept_packed(empty_graph: Graph) -> None:
    events = mapping.read(shared_file("stdf", "lot2.stdf.gz"), options())
    await project(empty_graph, *events)

    run = await one(
        empty_graph,
        "MATCH (run:TestRun) RETURN run.tested AS tested, run.passed AS passed, run.complete AS complete",
    )
    assert run == {"tested": 1569, "passed": 1389, "complete": True}
