"""Rewrites the pages that come from code, so that they cannot drift from it: ``python -m docs.generate``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Final

from twin.settings import PREFIX, Settings
from twin.vocabulary.graph import NODES
from twin.vocabulary.relationships import RELATIONSHIPS

_ROOT = Path(__file__).parents[1]
_HEAD = """# Settings

Read from the environment once, at the start.

| Name | Default | Meaning |
|---|---|---|
"""
_GRAPH: Final = """# The graph

What is in the graph for who asks it in Cypher. Only the projection writes it; answers of the API are folded
from the events, so they also know the past. Keys are texts; every `*_at` is milliseconds since 1970 in UTC.
All of it can be built anew from the events ([replay](how-to/replay.md)).

How long was each machine down, and how often did it go down?

```cypher
MATCH (machine:Equipment)<-[:STATE_OF]-(one:StateInterval {state: 'UNSCHEDULED_DOWN'})
WHERE one.ended_at IS NOT NULL
RETURN machine.equipment_id, sum(one.ended_at - one.started_at) / 60000 AS minutes,
       sum(CASE WHEN one.entered THEN 1 ELSE 0 END) AS times
```

Which tools sat on a machine at a moment?

```cypher
MATCH (:Equipment {equipment_id: $machine})<-[:MOUNTED_ON]-(one:MountInterval)-[:MOUNT_OF]->(tool:Tool)
WHERE one.started_at <= $at AND (one.ended_at IS NULL OR one.ended_at > $at)
RETURN tool.tool_id, one.position
```

"""
_NODES: Final = """## Nodes

| Label | Key | Meaning | Properties |
|---|---|---|---|
"""
_TIES: Final = """
## Relationships

| Type | From | To | Meaning | Properties |
|---|---|---|---|---|
"""


def graph_page() -> str:
    """Every label and relationship of the graph, as tables."""
    nodes = [
        f"| `{label}` | `{node.key}` | {node.says} | {_listed(node.properties)} |"
        for label, node in NODES.items()
    ]
    ties = [
        f"| `{kind}` | {_listed(tie.starts)} | {_listed(tie.ends)} | {tie.says} | {_listed(tie.properties)} |"
        for kind, tie in RELATIONSHIPS.items()
    ]
    return _GRAPH + _NODES + "\n".join(nodes) + "\n" + _TIES + "\n".join(ties) + "\n"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def settings_page() -> str:
    """Every setting with its default and meaning, as a table."""
    rows = [
        f"| `{PREFIX}{setting.name.upper()}` | {_shown(setting.default)} | {setting.metadata['help']} |"
        for setting in fields(Settings)
    ]
    return _HEAD + "\n".join(rows) + "\n"


def example_environment() -> str:
    """A file to copy to .env: every setting, commented out, with its default."""
    rows = []
    for setting in fields(Settings):
        rows += [
            f"# {setting.metadata['help']}",
            f"# {PREFIX}{setting.name.upper()}={_plain(setting.default)}",
            "",
        ]
    return "\n".join(rows)


def _plain(default: object) -> str:
    if default is None:
        return ""
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _shown(default: object) -> str:
    return "unset" if default is None else f"`{_plain(default)}`"


def write_pages() -> None:
    """Write all generated pages in place."""
    (_ROOT / "docs/graph.md").write_text(graph_page(), encoding="utf-8")
    (_ROOT / "docs/settings.md").write_text(settings_page(), encoding="utf-8")
    (_ROOT / ".env.example").write_text(example_environment(), encoding="utf-8")


if __name__ == "__main__":
    write_pages()
