"""Maps, transfers and unit codes of a file as the facts they state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.errors import UnreadableMessage
from connectors.file_facts import UNKNOWN_EQUIPMENT, dated, equipment_of, events_of, in_parts
from connectors.file_format import DroppedFile, FileOptions
from connectors.wafer_map.grid import check_grid, packed
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.substrate import (
    BinDefinition,
    DiesTransferred,
    SubstrateMapped,
    SubstrateRegistered,
    Transfer,
    UnitMark,
    UnitsIdentified,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import MapAxis, MapOrigin, SubstrateKind


@dataclass(frozen=True)
class BinMap:
    """The bins of a substrate, its rows in the order of the file."""

    rows: tuple[tuple[int, ...], ...]
    null_bin: int
    definitions: tuple[BinDefinition, ...] = ()
    origin: MapOrigin = MapOrigin.LOWER_LEFT
    axis: MapAxis = MapAxis.UP_RIGHT
    orientation_deg: float = 0
    first_x: int | None = None
    first_y: int | None = None
    name: str | None = None


@dataclass(frozen=True)
class SubstrateRecord:
    """All that one file says of one substrate; ``content_at`` is the stamp inside the file."""

    substrate_id: str
    kind: SubstrateKind
    lot_id: str | None = None
    product_id: str | None = None
    columns: int | None = None
    rows: int | None = None
    content_at: Instant | None = None
    bin_map: BinMap | None = None
    transfers: tuple[Transfer, ...] = ()
    sources: tuple[tuple[str, SubstrateKind], ...] = ()
    units: tuple[UnitMark, ...] = ()


def events(records: Iterator[SubstrateRecord], file: DroppedFile, options: FileOptions) -> list[Event]:
    """What a map file states, substrate by substrate: known, mapped, filled, marked."""
    return events_of(
        file,
        options,
        (
            (dated(record.content_at, file, options), fact)
            for record in records
            for fact in _facts(record, file, options)
        ),
    )


def _facts(record: SubstrateRecord, file: DroppedFile, options: FileOptions) -> Iterator[Fact]:
    grid = check_grid(record.bin_map.rows) if record.bin_map else (record.columns, record.rows)
    yield SubstrateRegistered(
        substrate_id=record.substrate_id,
        kind=record.kind,
        lot_id=record.lot_id or options.lot_id,
        product_id=record.product_id,
        columns=grid[0],
        rows=grid[1],
    )
    for source_id, kind in record.sources:
        yield SubstrateRegistered(substrate_id=source_id, kind=kind)
    if record.bin_map:
        yield _mapped(record, record.bin_map, file, options)
    if record.transfers:
        yield from _transferred(record, file, options)
    if record.units:
        yield from _identified(record, options)


def _mapped(
    record: SubstrateRecord, bin_map: BinMap, file: DroppedFile, options: FileOptions
) -> SubstrateMapped:
    columns, rows = check_grid(bin_map.rows)
    return SubstrateMapped(
        substrate_id=record.substrate_id,
        kind=record.kind,
        operation=options.operation,
        equipment_id=equipment_of(file, options),
        columns=columns,
        rows=rows,
        origin=bin_map.origin,
        axis=bin_map.axis,
        orientation_deg=bin_map.orientation_deg,
        first_x=bin_map.first_x,
        first_y=bin_map.first_y,
        null_bin=bin_map.null_bin,
        bins=packed(bin_map.rows, bin_map.axis, options.row_order),
        bin_definitions=bin_map.definitions,
        map_name=bin_map.name,
    )


def _transferred(record: SubstrateRecord, file: DroppedFile, options: FileOptions) -> Iterator[Fact]:
    for part in in_parts(record.transfers):
        yield DiesTransferred(
            to_substrate_id=record.substrate_id,
            to_kind=record.kind,
            lot_id=record.lot_id or options.lot_id,
            operation=options.operation or "DIE_BONDING",
            equipment_id=equipment_of(file, options) or UNKNOWN_EQUIPMENT,
            transfers=part,
        )


def _identified(record: SubstrateRecord, options: FileOptions) -> Iterator[Fact]:
    lot_id = record.lot_id or options.lot_id
    if lot_id is None:
        raise UnreadableMessage(
            f"substrate {record.substrate_id!r} names units but neither the file nor the options a lot",
            stage="map",
        )
    for part in in_parts(record.units):
        yield UnitsIdentified(lot_id=lot_id, substrate_id=record.substrate_id, units=part)
