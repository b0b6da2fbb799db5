"""Wafers, strips, dies and units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from twin.events.fact import Fact, Moment, Part
from twin.vocabulary.identifiers import (
    EquipmentId,
    Identifier,
    LotId,
    MaterialLotId,
    OperationCode,
    Position,
    ProductId,
    SubstrateId,
    UnitId,
)
from twin.vocabulary.quantities import BinCode, Coordinate, Grid, Reading, Text
from twin.vocabulary.states import BinQuality, MapAxis, MapOrigin, SubstrateKind

Transfer: TypeAlias = tuple[SubstrateId, Coordinate, Coordinate, Coordinate, Coordinate]
"""From substrate, from x, from y, to x, to y."""

if TYPE_CHECKING:
    Transfers: TypeAlias = Sequence[Transfer]  # a long one is packed
else:
    Transfers = tuple[Transfer, ...]


class SubstrateRegistered(Fact, frozen=True):
    """A wafer, strip or the like is known by its code."""

    substrate_id: SubstrateId
    kind: SubstrateKind
    lot_id: LotId | None = None
    material_lot_id: MaterialLotId | None = None
    product_id: ProductId | None = None
    columns: Grid | None = None
    rows: Grid | None = None
    parent_substrate_id: SubstrateId | None = None


class BinDefinition(Part, frozen=True):
    """What a bin code of a map means."""

    bin: BinCode
    quality: BinQuality
    name: Text | None = None


class SubstrateMapped(Fact, frozen=True):
    """A machine or file told the bin of every site.

    ``bins`` are little-endian uint16, row by row, as origin and axis say (base64 on the wire).
    """

    substrate_id: SubstrateId
    kind: SubstrateKind
    columns: Grid
    rows: Grid
    origin: MapOrigin
    axis: MapAxis
    orientation_deg: Reading
    null_bin: BinCode
    bins: bytes
    bin_definitions: tuple[BinDefinition, ...]
    operation: OperationCode | None = None
    equipment_id: EquipmentId | None = None
    first_x: Coordinate | None = None
    first_y: Coordinate | None = None
    map_name: Identifier | None = None

    def __post_init__(self) -> None:
        wanted = self.columns * self.rows * 2
        if len(self.bins) != wanted:
            raise ValueError(f"bins holds {len(self.bins)} bytes; columns x rows x 2 is {wanted}")


class DiesTransferred(Fact, frozen=True):
    """Dies were moved onto a substrate, each from its site to its site."""

    to_substrate_id: SubstrateId
    to_kind: SubstrateKind
    operation: OperationCode
    equipment_id: EquipmentId
    transfers: Transfers
    lot_id: LotId | None = None


class UnitMark(Part, frozen=True):
    """A unit's code, where it stands and what is marked on it."""

    unit_id: UnitId
    x: Coordinate | None = None
    y: Coordinate | None = None
    mark: Text | None = None


class UnitsIdentified(Fact, frozen=True):
    """Units of a lot got their codes."""

    lot_id: LotId
    units: tuple[UnitMark, ...]
    substrate_id: SubstrateId | None = None


class Component(Part, frozen=True):
    """One thing built into a unit."""

    unit_id: UnitId | None = None
    substrate_id: SubstrateId | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    material_lot_id: MaterialLotId | None = None


class UnitsAssembled(Fact, frozen=True):
    """A unit was built from others."""

    unit_id: UnitId
    lot_id: LotId
    operation: OperationCode
    components: tuple[Component, ...]
    equipment_id: EquipmentId | None = None


class SubstrateProcessed(Fact, frozen=True):
    """One substrate of a lot passed a machine, between two moments."""

    substrate_id: SubstrateId
    lot_id: LotId
    operation: OperationCode
    equipment_id: EquipmentId
    started_at: Moment
    finished_at: Moment
    position: Position | None = None
