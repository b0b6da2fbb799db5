"""Recipe versions and tools, as their nodes tell them."""

from __future__ import annotations

from twin.queries.things import Row
from twin.records.recipe import RecipeVersion
from twin.records.tool import Tool


def recipe_version_of(row: Row) -> RecipeVersion:
    """The recipe version that a node tells."""
    names = ("equipment_type", "body_sha256", "size", "uploaded_at", "uploaded_by", "approved_at")
    more = ("approved_by", "retired_at", "retired_by", "verified_at", "verified")
    return RecipeVersion(
        key=row["recipe_version_id"],
        recipe_id=row.get("recipe_id") or "",
        version=row.get("version") or "",
        inferred=bool(row.get("inferred")),
        **{name: row.get(name) for name in (*names, *more)},
    )


def tool_of(row: Row) -> Tool:
    """The tool that a node tells."""
    count = row.get("count")
    return Tool(
        tool_id=row["tool_id"],
        tool_kind=row.get("tool_kind"),
        equipment_id=row.get("equipment_id"),
        position=row.get("position"),
        count=None if count is None else int(count),
    )
