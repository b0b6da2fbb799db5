"""Whether anything that a question names was ever named by a counted event."""

from __future__ import annotations

from twin.errors import NotFound
from twin.lineage.plant import Plant
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
)
from twin.vocabulary.things import LABELS, Thing, ThingKind, recipe_version_key


def thing_of(scope: RecallScope) -> Thing:
    """The thing that a recall scope names."""
    match scope:
        case MaterialLotScope():
            thing = Thing(ThingKind.MATERIAL_LOT, scope.material_lot_id)
        case EquipmentScope():
            thing = Thing(ThingKind.EQUIPMENT, scope.equipment_id)
        case LotScope():
            thing = Thing(ThingKind.LOT, scope.lot_id)
        case RecipeVersionScope():
            key = recipe_version_key(scope.recipe_id, scope.version)
            thing = Thing(ThingKind.RECIPE_VERSION, key)
        case OperatorScope():
            thing = Thing(ThingKind.OPERATOR, scope.operator_id)
        case ToolScope():
            thing = Thing(ThingKind.TOOL, scope.tool_id)
        case WaferScope():
            thing = Thing(ThingKind.SUBSTRATE, scope.substrate_id)
    return thing


def must_be_named(plant: Plant, thing: Thing) -> None:
    """A mistyped name must never read as "nothing affected".

    Raises:
        NotFound: no counted event names the thing.
    """
    if not _is_named(plant, thing):
        raise NotFound(f"no counted event names {thing}")


def _is_named(plant: Plant, thing: Thing) -> bool:
    if thing.kind is ThingKind.LOT and thing.key in plant.ledger.accounts.lots:
        return True
    if thing.kind is ThingKind.UNIT and thing.key in plant.ledger.units.units:
        return True
    if thing.kind is ThingKind.MATERIAL_LOT and thing.key in plant.first_of_material:
        return True
    if thing.kind is ThingKind.DIE:
        return plant.names("Substrate", thing.key.rpartition("@")[0])
    if thing.kind is ThingKind.OPERATION_RUN:
        return plant.run(thing.key) is not None
    return plant.names(LABELS[thing.kind], thing.key)
