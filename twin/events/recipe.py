"""Recipes (SEMI E30 process programs) and their versions."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from twin.events.fact import Fact
from twin.vocabulary.identifiers import (
    EquipmentId,
    Identifier,
    LotId,
    OperatorId,
    RecipeId,
    RecipeVersionCode,
)
from twin.vocabulary.quantities import Count, Text

Sha256: TypeAlias = Annotated[str, Meta(min_length=1, max_length=128)]


class RecipeUploaded(Fact, frozen=True):
    """A recipe version came into the library."""

    recipe_id: RecipeId
    version: RecipeVersionCode
    equipment_type: Identifier
    body_sha256: Sha256
    size: Count
    by: OperatorId


class RecipeApproved(Fact, frozen=True):
    """A recipe version may be used."""

    recipe_id: RecipeId
    version: RecipeVersionCode
    by: OperatorId
    reason: Text | None = None


class RecipeRetired(Fact, frozen=True):
    """A recipe version may no longer be used."""

    recipe_id: RecipeId
    version: RecipeVersionCode
    by: OperatorId
    reason: Text | None = None


class RecipeSelected(Fact, frozen=True):
    """A machine was told which recipe to run."""

    equipment_id: EquipmentId
    recipe_id: RecipeId
    version: RecipeVersionCode
    lot_id: LotId | None = None


class RecipeVerified(Fact, frozen=True):
    """The recipe on a machine was compared with the approved one."""

    equipment_id: EquipmentId
    recipe_id: RecipeId
    version: RecipeVersionCode
    expected_sha256: Sha256
    actual_sha256: Sha256
    matched: bool
    lot_id: LotId | None = None
