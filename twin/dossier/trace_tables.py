"""A walk as tables: the things it reached, the facts between them, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twin.dossier.recall_tables import findings_table, moment
from twin.records.dossier import Row, Table
from twin.records.genealogy import LineageEdge, LineageNode
from twin.records.recall import LineageFinding

NODE_COLUMNS = ("level", "kind", "key", "until", "since")
EDGE_COLUMNS = ("from", "relation", "to", "quantity", "unit", "at", "event_id", "source")


def trace_tables(
    nodes: Sequence[LineageNode],
    edges: Sequence[LineageEdge],
    findings: Sequence[LineageFinding],
    sources: Mapping[str, str],
) -> tuple[Table, ...]:
    """The walk, nearest first; ``sources`` tells who said an event."""
    return (
        Table("nodes", NODE_COLUMNS, lambda: map(_node, nodes)),
        Table("edges", EDGE_COLUMNS, lambda: (_edge(edge, sources) for edge in edges)),
        findings_table(findings),
    )


def _node(node: LineageNode) -> Row:
    return (node.level, node.kind.value, node.thing.key, moment(node.until), moment(node.since))


def _edge(edge: LineageEdge, sources: Mapping[str, str]) -> Row:
    amount = (edge.quantity, None if edge.quantity is None else edge.unit or "PCS")
    told = (edge.event_id, None if edge.event_id is None else sources.get(edge.event_id))
    return (str(edge.source), edge.relation, str(edge.target), *amount, moment(edge.at), *told)
