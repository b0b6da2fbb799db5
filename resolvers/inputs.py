"""What questions can be asked with: references, windows, recall scopes, filters."""

from __future__ import annotations

import strawberry

from resolvers.enums import ENUMS
from twin.queries.lots import LotsBy
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState, LotStatus
from twin.vocabulary.things import ThingKind


@strawberry.input(description="One thing by kind and key; a die by its substrate's key with x and y.")
class ThingRef:
    """One thing by kind and key; a die by its substrate's key with x and y."""

    kind: ThingKind = strawberry.field(description="What kind of thing.")
    key: str = strawberry.field(description="Its name; for a die its substrate's, or substrate@x,y.")
    x: int | None = strawberry.field(default=None, description="A die's column.")
    y: int | None = strawberry.field(default=None, description="A die's row.")


@strawberry.input(description="A span of the factory's clock; an open side is unlimited.")
class TimeWindow:
    """A span of the factory's clock; an open side is unlimited."""

    from_: Instant | None = strawberry.field(default=None, name="from", description="After this moment.")
    to: Instant | None = strawberry.field(default=None, description="Before this moment.")


@strawberry.input(description="A suspect material lot.")
class MaterialLotScope:
    """A suspect material lot."""

    material_lot_id: str = strawberry.field(description="The material lot.")
    from_: Instant | None = strawberry.field(
        default=None, name="from", description="Suspect from this moment on; always when absent."
    )


@strawberry.input(description="Every run on a machine within a window.")
class EquipmentScope:
    """Every run on a machine within a window."""

    equipment_id: str = strawberry.field(description="The machine.")
    window: TimeWindow = strawberry.field(description="When.")
    position: str | None = strawberry.field(default=None, description="Only this position of it.")


@strawberry.input(description="A suspect lot.")
class LotScope:
    """A suspect lot."""

    lot_id: str = strawberry.field(description="The lot.")
    from_: Instant | None = strawberry.field(
        default=None, name="from", description="Right after this moment; from its first units when absent."
    )


@strawberry.input(description="Every run that used a recipe version.")
class RecipeVersionScope:
    """Every run that used a recipe version."""

    recipe_id: str = strawberry.field(description="The recipe.")
    version: str = strawberry.field(description="The version.")
    window: TimeWindow | None = strawberry.field(default=None, description="Runs that started within it.")


@strawberry.input(description="Every run of an operator within a window.")
class OperatorScope:
    """Every run of an operator within a window."""

    operator_id: str = strawberry.field(description="The operator.")
    window: TimeWindow = strawberry.field(description="When.")


@strawberry.input(description="Every run on a machine while a tool was mounted there.")
class ToolScope:
    """Every run on a machine while a tool was mounted there."""

    tool_id: str = strawberry.field(description="The tool.")
    window: TimeWindow | None = strawberry.field(default=None, description="Cut to this window.")


@strawberry.input(description="Dies of a wafer: in a region (bounds inclusive) and with one of the bins.")
class WaferScope:
    """Dies of a wafer: in a region (bounds inclusive) and with one of the bins."""

    substrate_id: str = strawberry.field(description="The wafer.")
    x_min: int | None = strawberry.field(default=None, description="Lowest column.")
    x_max: int | None = strawberry.field(default=None, description="Highest column.")
    y_min: int | None = strawberry.field(default=None, description="Lowest row.")
    y_max: int | None = strawberry.field(default=None, description="Highest row.")
    bins: list[int] | None = strawberry.field(default=None, description="Only these bin codes.")


@strawberry.input(one_of=True, description="What is suspect: exactly one field.")
class RecallScope:
    """What is suspect: exactly one field."""

    material_lot: MaterialLotScope | None = strawberry.field(
        default=strawberry.UNSET, description="A material lot."
    )
    equipment: EquipmentScope | None = strawberry.field(
        default=strawberry.UNSET, description="A machine in a window."
    )
    lot: LotScope | None = strawberry.field(default=strawberry.UNSET, description="A lot.")
    recipe_version: RecipeVersionScope | None = strawberry.field(
        default=strawberry.UNSET, description="A recipe version."
    )
    operator: OperatorScope | None = strawberry.field(
        default=strawberry.UNSET, description="An operator in a window."
    )
    tool: ToolScope | None = strawberry.field(default=strawberry.UNSET, description="A tool.")
    wafer: WaferScope | None = strawberry.field(default=strawberry.UNSET, description="Dies of a wafer.")


@strawberry.input(description="How a text must read; all given conditions hold.")
class TextFilter:
    """How a text must read; all given conditions hold."""

    equals: str | None = strawberry.field(default=None, description="Exactly this.")
    in_: list[str] | None = strawberry.field(default=None, name="in", description="One of these.")
    starts_with: str | None = strawberry.field(default=None, description="Beginning like this.")


@strawberry.input(description="Which lots; all given conditions hold.")
class LotFilter:
    """Which lots; all given conditions hold."""

    lot_id: TextFilter | None = strawberry.field(default=None, description="By name.")
    product_id: TextFilter | None = strawberry.field(default=None, description="By product.")
    order_id: TextFilter | None = strawberry.field(default=None, description="By an order it serves.")
    status: list[LotStatus] | None = strawberry.field(default=None, description="In one of these states.")
    operation: TextFilter | None = strawberry.field(default=None, description="By current operation.")
    equipment_id: TextFilter | None = strawberry.field(default=None, description="By current machine.")
    updated_at: TimeWindow | None = strawberry.field(
        default=None, description="Latest event within, from included, to excluded."
    )
    and_: list[LotFilter] | None = strawberry.field(default=None, name="and", description="All of these.")
    or_: list[LotFilter] | None = strawberry.field(default=None, name="or", description="One of these.")
    not_: LotFilter | None = strawberry.field(default=None, name="not", description="None of this.")


assert ENUMS  # noqa: S101 - importing them declares them

LotOrder = strawberry.enum(LotsBy, name="LotOrder", description="How lots are sorted; ties by lot id.")
"""The orders of a list of lots, as the schema names them."""


@strawberry.input(description="Which material lots; all given conditions hold.")
class MaterialLotFilter:
    """Which material lots; all given conditions hold."""

    material_lot_id: TextFilter | None = strawberry.field(default=None, description="By name.")
    material_id: TextFilter | None = strawberry.field(default=None, description="By material.")
    expires_before: Instant | None = strawberry.field(default=None, description="Expiring before.")


@strawberry.input(description="Which machines; all given conditions hold.")
class EquipmentFilter:
    """Which machines; all given conditions hold."""

    line_id: TextFilter | None = strawberry.field(default=None, description="By line.")
    equipment_type: TextFilter | None = strawberry.field(default=None, description="By type.")
    state: list[EquipmentState] | None = strawberry.field(default=None, description="In one of these states.")


@strawberry.input(description="Which alarms; all given conditions hold.")
class AlarmFilter:
    """Which alarms; all given conditions hold."""

    equipment_id: TextFilter | None = strawberry.field(default=None, description="By machine.")
    open: bool | None = strawberry.field(default=None, description="Only open ones, or only cleared ones.")
    minimum_level: int | None = strawberry.field(default=None, description="Of this level or higher.")
    set_at: TimeWindow | None = strawberry.field(
        default=None, description="Raised within, from included, to excluded."
    )


@strawberry.input(description="Which orders; all given conditions hold.")
class OrderFilter:
    """Which orders; all given conditions hold."""

    order_id: TextFilter | None = strawberry.field(default=None, description="By name.")
    customer_id: TextFilter | None = strawberry.field(default=None, description="By customer.")
    late: bool | None = strawberry.field(default=None, description="Only late ones, or only others.")
    due_at: TimeWindow | None = strawberry.field(
        default=None, description="Due within, from included, to excluded."
    )


@strawberry.input(description="Which findings; all given conditions hold.")
class FindingFilter:
    """Which findings; all given conditions hold."""

    code: TextFilter | None = strawberry.field(default=None, description="By code.")
    open: bool | None = strawberry.field(default=None, description="Only open ones, or only settled ones.")
    thing: str | None = strawberry.field(default=None, description="About this thing, as KIND:key.")
