"""Tools and recipe versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.recipe import RecipeApproved, RecipeRetired, RecipeUploaded
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.folds.fold import Fold


class ToolFold(Fold):
    """A part of a machine that wears and is changed."""

    label: ClassVar[str] = "Tool"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({ToolMounted, ToolUnmounted})

    def tells(self, event: Event) -> Mapping[str, Any]:
        """Where it sits and how often it was used."""
        match event.fact:
            case ToolMounted(tool_kind=kind, equipment_id=equipment, position=position):
                return {"tool_kind": kind.value, "equipment_id": equipment, "position": position}
            case ToolUnmounted(tool_kind=kind, count=count):
                away = {"tool_kind": kind.value, "equipment_id": None, "position": None}
                return away if count is None else away | {"count": count}
        return {}


class RecipeVersionFold(Fold):
    """One version of a recipe in the library."""

    label: ClassVar[str] = "RecipeVersion"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({RecipeUploaded})

    def tells(self, event: Event) -> Mapping[str, Any]:
        """Its body's fingerprint, and whether it may be used."""
        match event.fact:
            case RecipeUploaded(equipment_type=kind, body_sha256=digest, size=size):
                return {"equipment_type": kind, "body_sha256": digest, "size": size}
            case RecipeApproved(by=by):
                return {"approved_at": event.occurred_at, "approved_by": by}
            case RecipeRetired(by=by):
                return {"retired_at": event.occurred_at, "retired_by": by}
        return {}

    def properties(self) -> dict[str, Any]:
        """The version as the graph stores it."""
        recipe_id, _, version = self.key.rpartition("@")
        return super().properties() | {"recipe_id": recipe_id, "version": version}
