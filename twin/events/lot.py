"""Lots on their way through the factory."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from twin.events.fact import Fact, Part
from twin.vocabulary.identifiers import (
    EquipmentId,
    Identifier,
    LocationId,
    LotId,
    OperationCode,
    OperatorId,
    OrderId,
    Position,
    ProductId,
    RecipeId,
    RecipeVersionCode,
    SubstrateId,
    UnitId,
)
from twin.vocabulary.quantities import Count, Text
from twin.vocabulary.states import MergeReason, QualityStatus


class LotCreated(Fact, frozen=True):
    """A lot of a product was planned, with its quantity."""

    lot_id: LotId
    product_id: ProductId
    quantity: Count
    order_id: OrderId | None = None
    priority: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] | None = None


class LotReleased(Fact, frozen=True):
    """A planned lot may start."""

    lot_id: LotId


class LotTrackedIn(Fact, frozen=True):
    """A lot started an operation on a machine."""

    lot_id: LotId
    operation: OperationCode
    equipment_id: EquipmentId
    position: Position | None = None
    operator_id: OperatorId | None = None
    recipe_id: RecipeId | None = None
    recipe_version: RecipeVersionCode | None = None
    carrier_id: Identifier | None = None
    quantity: Count | None = None


class LotTrackedOut(Fact, frozen=True):
    """A lot finished an operation on a machine, with what came out."""

    lot_id: LotId
    operation: OperationCode
    equipment_id: EquipmentId
    good: Count
    scrap: Count = 0
    rework: Count = 0
    other: Count = 0
    operator_id: OperatorId | None = None


class TrackInCancelled(Fact, frozen=True):
    """A track-in was a mistake."""

    lot_id: LotId
    operation: OperationCode
    equipment_id: EquipmentId
    reason: Text


class LotMoved(Fact, frozen=True):
    """A lot was carried to another place."""

    lot_id: LotId
    location_id: LocationId
    quantity: Count | None = None


class SplitChild(Part, frozen=True):
    """One child of a split, and what went into it."""

    lot_id: LotId
    quantity: Count
    unit_ids: tuple[UnitId, ...] = ()
    substrate_ids: tuple[SubstrateId, ...] = ()


class LotSplit(Fact, frozen=True):
    """Units left a lot for one or more children, taken in the given order."""

    parent_lot_id: LotId
    children: tuple[SplitChild, ...]


class MergeParent(Part, frozen=True):
    """What one lot gave to a merge."""

    lot_id: LotId
    quantity: Count


class LotsMerged(Fact, frozen=True):
    """Units of several lots became one lot."""

    into_lot_id: LotId
    parents: tuple[MergeParent, ...]
    reason: MergeReason
    product_id: ProductId | None = None


class UnitsScrapped(Fact, frozen=True):
    """Units were thrown away."""

    lot_id: LotId
    quantity: Count
    reason: Text
    operation: OperationCode | None = None
    unit_ids: tuple[UnitId, ...] = ()


class LotHeld(Fact, frozen=True):
    """A lot must not go on."""

    lot_id: LotId
    hold_id: Identifier
    reason_code: Identifier
    by: OperatorId
    note: Text | None = None


class HoldReleased(Fact, frozen=True):
    """A hold no longer stops its lot."""

    lot_id: LotId
    hold_id: Identifier
    by: OperatorId
    note: Text | None = None


class LotCompleted(Fact, frozen=True):
    """A lot has finished its route."""

    lot_id: LotId
    quality: QualityStatus


class LotCancelled(Fact, frozen=True):
    """A lot will not be made."""

    lot_id: LotId
    reason: Text
