"""Recipes as the library holds them."""

from __future__ import annotations

import strawberry

from schema.fields import answers, identity, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.node import Node
from twin.records import recipe as records
from twin.vocabulary.instants import Instant


@answers(records.RecipeVersion, allow=READERS)
class RecipeVersion(Node):
    """One version of a recipe: its body's fingerprint, and who let it be used."""

    id: strawberry.ID = identity("RECIPE_VERSION", "key")
    recipe_id: str = told("The recipe's own name.")
    version: str = told("Which version of it.")
    equipment_type: str | None = told("The kind of machine it is for.")
    body_sha256: str | None = told("The fingerprint of its body.")
    size: int | None = told("How many bytes its body has.")
    uploaded_at: Instant | None = told("When it was last uploaded.")
    uploaded_by: str | None = told("Who uploaded it.", allow=SHOP_FLOOR)
    approved_at: Instant | None = told("When it was last approved.")
    approved_by: str | None = told("Who approved it.", allow=SHOP_FLOOR)
    retired_at: Instant | None = told("When it was taken out of use.")
    retired_by: str | None = told("Who took it out of use.", allow=SHOP_FLOOR)
    verified_at: Instant | None = told("When a machine's body was last held against it.")
    verified: bool | None = told("Whether that body was the same.")
    inferred: bool = told("Whether it is only known because other events name it.")
