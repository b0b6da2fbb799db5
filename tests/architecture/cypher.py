from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("twin", "resolvers", "schema", "cli", "connectors", "graph_migrations")

_CLAUSE = re.compile(r"\b(MATCH|MERGE|CREATE|UNWIND|RETURN)\b\s*[($\w]")
_LABEL = re.compile(r"(?:\(\s*\w*|\b[a-z]\w*)\s*:\s*([A-Z][A-Za-z]+)")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_RELATIONSHIP = re.compile(r"\[\s*\w*\s*:\s*([A-Z_]+(?:\s*\|\s*:?[A-Z_]+)*)")
_WRITING = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE)\b")
_TEXT = re.compile(r"'[^']*'")
_DOORS = frozenset({"read", "write", "define"})


class Statement(NamedTuple):
    place: str
    text: str

    @property
    def labels(self) -> set[str]:
        return set(_LABEL.findall(_BRACKETS.sub("[]", self.text)))

    @property
    def relationships(self) -> set[str]:
        return {
            name.strip(" :")
            for alternatives in _RELATIONSHIP.findall(self.text)
            for name in alternatives.split("|")
        }

    @property
    def writes(self) -> bool:
        return _WRITING.search(_TEXT.sub("", self.text)) is not None


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(_modules())


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = ast.parse(file.read_text(encoding="utf-8"))
            if not _speaks_sql(module):
                yield str(file.relative_to(ROOT)), module


def statements() -> list[Statement]:
    return [
        Statement(f"{name}:{node.lineno}", node.value)
        for name, module in modules()
        for node in _spoken(module)
        if isinstance(node.value, str) and is_cypher(node.value)
    ]


def is_cypher(text: str) -> bool:
    return len(_CLAUSE.findall(text)) >= 2 or text.startswith("RETURN ")


def built_statements() -> list[str]:
    return [
        f"{name}:{node.lineno}"
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.JoinedStr | ast.BinOp)
        and any(
            isinstance(part, ast.Constant) and isinstance(part.value, str) and is_cypher(part.value)
            for part in ast.walk(node)
        )
    ]


def built_at_the_door() -> list[str]:
    return [
        f"{name}:{node.lineno}"
        for name, module in modules()
        if _knows_the_graph(module)
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _DOORS
        and node.args
        and not isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript)
    ]


def _speaks_sql(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Import) and any(alias.name == "sqlite3" for alias in node.names)
        for node in ast.walk(module)
    )


def _knows_the_graph(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("twin.graph")
        for node in ast.walk(module)
    )


def _spoken(module: ast.Module) -> Iterator[ast.Constant]:
    documentation = {
        id(holder.body[0].value)
        for holder in ast.walk(module)
        if isinstance(holder, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and holder.body
        and isinstance(holder.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            yield node
