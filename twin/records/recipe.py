"""Recipes as the library holds them."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class RecipeVersion:
    """One version of a recipe: its body's fingerprint, and who let it be used."""

    key: str
    recipe_id: str
    version: str
    equipment_type: str | None = None
    body_sha256: str | None = None
    size: int | None = None
    uploaded_at: Instant | None = None
    uploaded_by: str | None = None
    approved_at: Instant | None = None
    approved_by: str | None = None
    retired_at: Instant | None = None
    retired_by: str | None = None
    verified_at: Instant | None = None
    verified: bool | None = None
    inferred: bool = True
