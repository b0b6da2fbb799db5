"""Tools and recipe versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import LotTrackedIn
from twin.events.recipe import (
    RecipeApproved,
    RecipeRetired,
    RecipeSelected,
    RecipeUploaded,
    RecipeVerified,
)
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.folds.fold import Fold
from twin.folds.suspicion import Suspicion


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
            case RecipeUploaded(equipment_type=kind, body_sha256=digest, size=size, by=by):
                told = {"equipment_type": kind, "body_sha256": digest, "size": size}
                told |= {"uploaded_at": event.occurred_at, "uploaded_by": by}
            case RecipeApproved(by=by):
                told = {"approved_at": event.occurred_at, "approved_by": by}
            case RecipeRetired(by=by):
                told = {"retired_at": event.occurred_at, "retired_by": by}
            case RecipeVerified(matched=matched):
                told = {"verified_at": event.occurred_at, "verified": matched}
            case _:
                told = {}
        return told | _name_of(event.fact)

    def suspicions(self) -> tuple[Suspicion, ...]:
        """A version that nobody uploaded."""
        if not self.is_unknown:
            return ()
        return (
            Suspicion(
                code="recipe.unknown",
                about=self.key,
                message=f"Events name recipe version {self.key}, and nobody uploaded it.",
                things=(f"RECIPE_VERSION:{self.key}",),
            ),
        )


def _name_of(fact: Fact) -> dict[str, Any]:
    match fact:
        case LotTrackedIn(recipe_id=recipe_id, recipe_version=version):
            return {"recipe_id": recipe_id, "version": version}
        case RecipeUploaded() | RecipeApproved() | RecipeRetired() | RecipeSelected() | RecipeVerified():
            return {"recipe_id": fact.recipe_id, "version": fact.version}
    return {}
