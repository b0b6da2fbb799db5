"""factory.yaml as it was written: its values, and on which line each of them stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from connectors.errors import FactoryFileRefused

Value: TypeAlias = Any
"""What YAML can say: maps, lists, texts, numbers, truth."""

Steps: TypeAlias = tuple[str | int, ...]


class FactoryFile:
    """A factory.yaml that remembers its lines."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._document = YAML().load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            raise FactoryFileRefused(f"{file}: {error}") from None

    def entries(self) -> list[Value]:
        """What stands under ``connectors``, as plain values."""
        document = self._document
        listed = document.get("connectors") if isinstance(document, dict) else None
        if not isinstance(listed, list):
            raise FactoryFileRefused(f"{self.file}:1: connectors: allowed: a list of connectors")
        return [_plain(entry) for entry in listed]

    def refused(self, path: Steps, reason: str) -> FactoryFileRefused:
        """The error for a place in the list of connectors."""
        node: Value = self._document
        line = 0
        for step in ("connectors", *path):
            try:
                line = (node.lc.key if hasattr(node, "keys") else node.lc.item)(step)[0]
                node = node[step]
            except (AttributeError, KeyError, IndexError, TypeError):
                break
        where = "connectors" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        return FactoryFileRefused(f"{self.file}:{line + 1}: {where}: {reason}")


def _plain(value: Value) -> Value:
    if isinstance(value, dict):
        return {_plain(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    for plain in (bool, int, float, str):
        if isinstance(value, plain):
            return plain(value)
    return value
