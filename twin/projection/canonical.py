"""The whole graph as sorted text, blind to our own clock: equal for equal sets of events."""

from __future__ import annotations

from typing import Any, Final, LiteralString

import msgspec

from twin.graph.session import Graph
from twin.vocabulary.graph import NODE_KEYS

THINGS: Final[LiteralString] = """
    MATCH (thing)
    RETURN labels(thing) AS labels, properties(thing) AS properties
"""

TIES: Final[LiteralString] = """
    MATCH (source)-[tie]->(target)
    RETURN type(tie) AS type, properties(tie) AS properties,
           labels(source) AS source_labels, properties(source) AS source,
           labels(target) AS target_labels, properties(target) AS target
"""

_OF_THE_WRITER: Final = frozenset({"Lease", "ShardPosition", "Skipped", "Migration"})
_CLOCKS: Final = frozenset({"recorded_at", "voided_by", "found_at", "kept", "skipped_at"})


async def canonical(graph: Graph) -> str:
    """Every node and relationship on a line of its own, sorted.

    Left out: our clock, what only tells how far the writer is, and findings that were resolved, because
    whether they were ever raised depends on the order of arrival.
    """
    ties = await graph.read(TIES)
    open_dies = {row["target"]["die_id"] for row in ties if _is_open_about_a_die(row)}
    lines = [
        f"{name} {written(row['properties'])}"
        for row in await graph.read(THINGS)
        if (name := name_of(row["labels"], row["properties"], open_dies)) is not None
    ]
    for row in ties:
        source = name_of(row["source_labels"], row["source"], open_dies)
        target = name_of(row["target_labels"], row["target"], open_dies)
        if source is not None and target is not None:
            lines.append(f"{source} -{row['type']}-> {target} {written(row['properties'])}")
    return "\n".join(sorted(lines))


def _is_open_about_a_die(row: dict[str, Any]) -> bool:
    return row["target_labels"] == ["Die"] and "Finding" in row["source_labels"] and _is_open(row["source"])


def _is_open(finding: dict[str, Any]) -> bool:
    return finding.get("resolved_at") is None


def name_of(labels: list[str], properties: dict[str, Any], open_dies: set[str]) -> str | None:
    """A node's name in the text; None for one that is left out."""
    label = labels[0]
    key = properties.get(NODE_KEYS.get(label, ""))
    left_out = (
        label in _OF_THE_WRITER
        or (label == "Finding" and not _is_open(properties))
        or (label == "Die" and key not in open_dies)
    )
    return None if left_out else f"{label}:{key}"


def written(properties: dict[str, Any]) -> str:
    """Properties as the text has them, without our clock."""
    told = {name: value for name, value in properties.items() if name not in _CLOCKS and value is not None}
    if "voided_at" in told:
        told["voided_at"] = True
    return msgspec.json.encode(told, order="sorted").decode()
