"""Recall scopes as the twin takes them."""

from __future__ import annotations

from typing import Final

from resolvers import inputs
from twin.errors import Refused
from twin.records import recall as records
from twin.records.recall import RecallScope, Window

_HIGHEST_BIN: Final = 65_535
"""Bins of a map are 16 bits wide."""


def scope_asked(asked: inputs.RecallScope) -> RecallScope:
    """The scope that a question names.

    Raises:
        Refused: ``scope.bad`` when none is named, ``window.empty`` when a window ends before it begins,
            ``region.empty`` and ``bins.bad`` for a part of a wafer that no die can be in.
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
        return _wafer(asked.wafer)
    raise Refused("A scope names exactly one suspect.", code="scope.bad", field="scope")


def _wafer(asked: inputs.WaferScope) -> records.WaferScope:
    for low, high, axis in ((asked.x_min, asked.x_max, "x"), (asked.y_min, asked.y_max, "y")):
        if low is not None and high is not None and high < low:
            raise Refused(
                f"The region ends before it begins: {axis}Min is {low}, {axis}Max {high}.",
                code="region.empty",
                field=f"{axis}Max",
            )
    bins = None if asked.bins is None else tuple(asked.bins)
    if bins is not None and not (bins and all(0 <= code <= _HIGHEST_BIN for code in bins)):
        raise Refused(
            f"bins holds one code or more from 0 to {_HIGHEST_BIN}; leave it out for all dies.",
            code="bins.bad",
            field="bins",
        )
    return records.WaferScope(asked.substrate_id, asked.x_min, asked.x_max, asked.y_min, asked.y_max, bins)


def _window(asked: inputs.TimeWindow | None) -> Window:
    if asked is None:
        return Window()
    if asked.from_ is not None and asked.to is not None and asked.to < asked.from_:
        raise Refused("The window ends before it begins.", code="window.empty", field="window")
    return Window(asked.from_, asked.to)
