"""Finds the kinds of connector: every folder beside this file that has a connector.py."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from connectors.contract import Connector


@cache
def kinds() -> tuple[str, ...]:
    """The names of all kinds of connector, sorted; nothing is imported for this."""
    return tuple(sorted(found.parent.name for found in Path(__file__).parent.glob("*/connector.py")))


def connector_of(kind: str) -> Connector[Any]:
    """The connector of a kind; its device library is imported only now.

    Raises:
        KeyError: there is no such kind.
    """
    if kind not in kinds():
        raise KeyError(kind)
    connector = import_module(f"connectors.{kind}.connector").CONNECTOR
    if not isinstance(connector, Connector):
        raise TypeError(f"connectors/{kind}/connector.py must define CONNECTOR = Connector(...)")
    return connector
