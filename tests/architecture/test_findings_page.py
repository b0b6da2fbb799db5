from __future__ import annotations

import ast
import re
from pathlib import Path

from twin.folds.advice import ADVICE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "findings.md"
_CODE = re.compile(r"[a-z_]+\.[a-z_]+$")
RAISING = ("twin/folds", "twin/lineage", "twin/projection")


def _raised() -> set[str]:
    files = [file for folder in RAISING for file in (ROOT / folder).rglob("*.py")]
    return {code for file in files for code in _codes_in(ast.parse(file.read_text()))}


def _codes_in(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            is_add = isinstance(node.func, ast.Attribute) and node.func.attr in ("add", "_conflict")
            is_suspicion = isinstance(node.func, ast.Name) and node.func.id == "Suspicion"
            told = [word.value for word in node.keywords if word.arg == "code"] if is_suspicion else []
            told += node.args[:1] if is_add else []
        elif isinstance(node, ast.Yield) and node.value is not None:
            told = [node.value]
        else:
            continue
        for value in told:
            if isinstance(value, ast.JoinedStr):
                found |= {"run.no_track_in", "run.no_track_out"}
            elif (
                isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.match(value.value)
            ):
                found.add(value.value)
    return found


def _listed() -> list[str]:
    rows = [line.split("|")[1].strip() for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    return [row.strip("`") for row in rows]


def test_every_finding_code_is_explained_once_in_alphabetical_order() -> None:
    assert _listed() == sorted(_raised()) == sorted(ADVICE)
    assert len(_listed()) == 29
