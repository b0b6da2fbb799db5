from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.cypher import statements
from twin.vocabulary.graph import NODE_KEYS

ROOT = Path(__file__).parents[2]
MANY = {"Unit", "Die", "Event", "OperationRun"}
_INDEX = re.compile(r"CREATE INDEX \w+ IF NOT EXISTS FOR \(\w+:(\w+)\) ON \(\w+\.(\w+)\)")
_ANCHOR = re.compile(
    r"MATCH \((\w+):(\w+)\)\s+WHERE (.*?)(?=\bRETURN\b|\bMATCH\b|\bOPTIONAL\b|\bWITH\b|$)", re.DOTALL
)


def indexed() -> set[tuple[str, str]]:
    scripts = (ROOT / "graph_migrations").glob("V*.cypher")
    return {found for script in scripts for found in _INDEX.findall(script.read_text(encoding="utf-8"))}


def test_what_finds_one_place_among_very_many_things_has_an_index() -> None:
    """A million units are no list to look through for those of one lot."""
    known = indexed()
    slow = [
        f"{statement.place}: {label}.{name}"
        for statement in statements()
        for variable, label, wanted in _ANCHOR.findall(statement.text)
        if label in MANY
        for names in [re.findall(rf"\b{variable}\.(\w+) (?:=|IN) \$", wanted)]
        if names and not any(name == NODE_KEYS.get(label) or (label, name) in known for name in names)
        for name in names
    ]
    assert slow == []
