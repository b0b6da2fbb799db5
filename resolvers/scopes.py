"""Recall scopes as the twin takes them."""

from __future__ import annotations

from resolvers import inputs
from twin.errors import Refused
from twin.records import recall as records
from twin.records.recall import RecallScope, Window


def scope_asked(asked: inputs.RecallScope) -> RecallScope:
    """The scope that a question names.

    Raises:
        Refused: ``scope.bad`` when none is named, ``window.empty`` when a window ends before it begins.
    """
    if asked.material_lot:
        return records.MaterialLotScope(asked.material_lot.material_lot_id, asked.material_lot.from_)
    if asked.lot:
        return records.LotScope(asked.lot.lot_id, asked.lot.from_)
    if asked.recipe_version:
        recipe = asked.recipe_version
        return records.RecipeVersionScope(recipe.recipe_id, recipe.version, _window(recipe.window))
    if asked.tool:
        return records.ToolScope(asked.tool.tool_id, _window(asked.tool.window))
    return _other_scope(asked)


def _other_scope(asked: inputs.RecallScope) -> RecallScope:
    if asked.equipment:
        machine = asked.equipment
        return records.EquipmentScope(machine.equipment_id, _window(machine.window), machine.position)
    if asked.operator:
        return records.OperatorScope(asked.operator.operator_id, _window(asked.operator.window))
    if asked.wafer:
        wafer = asked.wafer
        bins = None if wafer.bins is None else tuple(wafer.bins)
        return records.WaferScope(
            wafer.substrate_id, wafer.x_min, wafer.x_max, wafer.y_min, wafer.y_max, bins
        )
    raise Refused("A scope names exactly one suspect.", code="scope.bad", field="scope")


def _window(asked: inputs.TimeWindow | None) -> Window:
    if asked is None:
        return Window()
    if asked.from_ is not None and asked.to is not None and asked.to < asked.from_:
        raise Refused("The window ends before it begins.", code="window.empty", field="window")
    return Window(asked.from_, asked.to)
