from __future__ import annotations

import pytest

from tests.factory import at
from twin.dossier.question import scope_told
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)

HOUR = Window(at("08:00"), at("09:00"))
TOLD = {"from": "2026-03-02T08:00:00.000Z", "to": "2026-03-02T09:00:00.000Z"}


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (MaterialLotScope("P"), {"materialLot": {"materialLotId": "P"}}),
        (LotScope("L", at("08:00")), {"lot": {"lotId": "L", "from": TOLD["from"]}}),
        (
            EquipmentScope("E", HOUR, "2"),
            {"equipment": {"equipmentId": "E", "window": TOLD, "position": "2"}},
        ),
        (OperatorScope("O"), {"operator": {"operatorId": "O", "window": {}}}),
        (ToolScope("T", HOUR), {"tool": {"toolId": "T", "window": TOLD}}),
        (
            RecipeVersionScope("R", "3", HOUR),
            {"recipeVersion": {"recipeId": "R", "version": "3", "window": TOLD}},
        ),
        (
            WaferScope("W", x_min=1, y_max=4, bins=(2, 3)),
            {"wafer": {"substrateId": "W", "xMin": 1, "yMax": 4, "bins": [2, 3]}},
        ),
    ],
)
def test_a_scope_is_told_as_graphql_takes_it(scope: RecallScope, told: dict[str, object]) -> None:
    assert scope_told(scope) == told
