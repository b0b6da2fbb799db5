"""Recall scopes as a case keeps them: plain data that a later version still reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import msgspec

from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
)
from twin.vocabulary.instants import written

_KINDS: Final[dict[str, type[RecallScope]]] = {
    "materialLot": MaterialLotScope,
    "equipment": EquipmentScope,
    "lot": LotScope,
    "recipeVersion": RecipeVersionScope,
    "operator": OperatorScope,
    "tool": ToolScope,
    "wafer": WaferScope,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}
_SHOWN: Final = {"start": "from", "end": "to"}


def scope_kept(scope: RecallScope) -> dict[str, Any]:
    """A scope as plain data: its kind to its fields."""
    return {_NAMES[type(scope)]: msgspec.json.decode(msgspec.json.encode(asdict(scope)))}


def scope_read(kept: Mapping[str, Any]) -> RecallScope:
    """The scope that ``scope_kept`` wrote."""
    ((kind, fields),) = kept.items()
    return msgspec.convert(fields, _KINDS[kind])


def scope_shown(scope: RecallScope) -> dict[str, Any]:
    """A scope in the form of the schema's input, so that it can be asked with again."""
    ((kind, fields),) = scope_kept(scope).items()
    return {kind: _shown(fields)}


def _shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            shown[name] = _shown(value)
        else:
            shown[_SHOWN.get(name, _camel(name))] = written(value) if name in _SHOWN else value
    return shown


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
