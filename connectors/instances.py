"""Reads factory.yaml: which connectors this deployment runs, each with its checked options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.contract import Connector, Options
from connectors.discovery import connector_of, kinds
from connectors.errors import BadOption
from connectors.factory_file import FactoryFile, Value
from connectors.option_reading import options_of


@dataclass(frozen=True)
class Instance:
    """One connector of factory.yaml, ready to run."""

    kind: str
    connector: Connector[Any]
    options: Options


def instances(file: Path, state_dir: Path) -> list[Instance]:
    """The connectors that a factory.yaml lists; each gets a directory of its own under ``state_dir``.

    Raises:
        FactoryFileRefused: the file cannot be read, or an entry makes no sense.
    """
    source = FactoryFile(file)
    found: list[Instance] = []
    for at, entry in enumerate(source.entries()):
        instance = _instance(source, at, entry, state_dir)
        if any(instance.options.id == other.options.id for other in found):
            raise source.refused((at, "id"), f"{instance.options.id!r} is used twice; allowed: a new name")
        found.append(instance)
    return found


def _instance(source: FactoryFile, at: int, entry: Value, state_dir: Path) -> Instance:
    if not isinstance(entry, dict):
        raise source.refused((at,), "not an entry; allowed: {connector: ..., id: ..., options}")
    given = dict(entry)
    kind = given.pop("connector", None)
    if kind not in kinds():
        raise source.refused((at, "connector"), f"{kind!r} is no connector; allowed: {', '.join(kinds())}")
    if "state_dir" in given:
        raise source.refused((at, "state_dir"), "given by the deployment, not by factory.yaml")
    connector = connector_of(kind)
    given["state_dir"] = str((state_dir / str(given.get("id"))).absolute())
    try:
        options = options_of(given, connector.config, source.file.parent)
    except BadOption as bad:
        raise source.refused((at, *bad.path), bad.reason) from None
    return Instance(kind, connector, options)
