"""Tools and recipe versions."""

from __future__ import annotations

from strawberry import Parent

from resolvers.asking import Info, ask_at, clocks_of
from twin.records.equipment import Equipment
from twin.records.recipe import RecipeVersion
from twin.records.tool import Tool
from twin.vocabulary.instants import Instant


async def find(
    info: Info, tool_id: str, as_of: Instant | None = None, known_at: Instant | None = None
) -> Tool | None:
    """One tool by its name; null when no event names it."""
    return await info.context.loaders.tools.load((tool_id, ask_at(info, as_of, known_at)))


async def find_recipe_version(
    info: Info,
    recipe_id: str,
    version: str,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> RecipeVersion | None:
    """One version of a recipe; null when no event names it."""
    clocks = ask_at(info, as_of, known_at)
    return await info.context.loaders.recipe_versions.load((f"{recipe_id}@{version}", clocks))


async def equipment(root: Parent[Tool], info: Info) -> Equipment | None:
    """The machine it sits on; null when it sits on none."""
    if root.equipment_id is None:
        return None
    found = await info.context.loaders.equipment.load((root.equipment_id, clocks_of(info)))
    return found or Equipment(root.equipment_id)
