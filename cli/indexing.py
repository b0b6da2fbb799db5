"""The lineage index of one process, and what operators see of it."""

from __future__ import annotations

from schema.http.metrics import Metrics
from twin.graph.session import Graph
from twin.queries.index.index import LineageIndex
from twin.stream.change_feed import ChangeFeed


def lineage_index(graph: Graph, feed: ChangeFeed, megabytes: int, metrics: Metrics) -> LineageIndex:
    """An index within a bound, with its figures shown; with a bound of 0 it stays off."""
    index = LineageIndex(graph, feed, megabytes << 20)
    for name, told, read in (
        ("warm", "1 while the lineage index can answer.", lambda: index.is_warm),
        ("bytes", "Memory that the lineage index takes, roughly.", lambda: index.size_bytes),
        ("lots", "Lots that the lineage index knows.", lambda: index.lots),
        ("position", "Events that the lineage index covers.", lambda: sum(index.positions.values())),
        ("stale", "Things to be read anew before the index may use them.", lambda: index.stale),
        ("answered", "Recalls that the lineage index answered.", lambda: index.answered),
        ("repeated", "Of these, recalls asked before of which nothing had changed.", lambda: index.repeated),
        ("bypassed", "Recalls that a warm lineage index left to the graph.", lambda: index.bypassed),
        ("rebuilt", "Times that the lineage index was dropped and built anew.", lambda: index.dropped),
        ("build_seconds", "How long its last build took.", lambda: index.build_seconds),
    ):
        metrics.watch(f"lineage_index_{name}", told, read)
    return index
