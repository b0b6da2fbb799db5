"""Wafers, strips and the like, their maps, and dies."""

from __future__ import annotations

import strawberry

from resolvers import measurements, spans, substrates
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.forward import (
    EventRecordRef,
    FindingRef,
    InspectionConnectionRef,
    LotRef,
    MaterialLotRef,
    MeasurementConnectionRef,
    TestResultRef,
    UnitRef,
)
from schema.types.node import Connection, Node
from twin.records import substrate as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import SubstrateKind


@answers(records.BinDefinition, allow=READERS)
class BinDefinition:
    """What a bin code of a map means."""

    bin: int = told("The code.")
    quality: str = told("PASS, FAIL, NULL, REFERENCE or UNKNOWN.")
    name: str | None = told("What people call it.")


@answers(records.BinCount, allow=READERS)
class BinCount:
    """How many sites of a map carry a bin code."""

    bin: int = told("The code.")
    count: int = told("Sites that carry it.")


@answers(records.SubstrateMap, allow=READERS)
class SubstrateMap:
    """One compact frame: bins are base64 of little-endian uint16, row by row, as origin and axis say."""

    columns: int = told("Columns of the map.")
    rows: int = told("Rows of the map.")
    origin: str = told("Where the first bin lies: LOWER_LEFT, UPPER_LEFT, UPPER_RIGHT, LOWER_RIGHT, CENTER.")
    axis: str = told("Which way x and y grow: UP_RIGHT, UP_LEFT, DOWN_RIGHT, DOWN_LEFT.")
    orientation_deg: int = told("How the substrate lay when it was mapped.")
    first_x: int = told("The x of the first column.")
    first_y: int = told("The y of the first row.")
    null_bin: int = told("The code of a site without a die.")
    bins: str = told("Base64 of little-endian uint16, row by row.")
    legend: list[BinDefinition] = told("What the codes mean.")
    bin_counts: list[BinCount] = told("How often each code stands in the map, by code.")
    mapped_at: Instant = told("When the map was made.")


@answers(records.Transfer, allow=READERS)
class Transfer:
    """A die moved from its site to another."""

    from_: Die = resolved_by(substrates.transfer_source, name="from")
    to_substrate: Substrate = resolved_by(substrates.transfer_target)
    x: int = told("The column it was put on.")
    y: int = told("The row it was put on.")
    at: Instant = told("When it was moved.")
    conflict: bool = told("Whether another fact claims the same die or the same site.")
    event: EventRecordRef = resolved_by(substrates.event)


@answers(allow=READERS)
class TransferConnection(Connection):
    """A slice of a list of transfers."""

    nodes: list[Transfer] = told("The transfers of this slice.")


@answers(records.Substrate, allow=READERS)
class Substrate(Node):
    """Something that dies stand on: wafer, frame, strip, tray, DBC or panel."""

    id: strawberry.ID = identity("SUBSTRATE", "substrate_id")
    substrate_id: str = told("The substrate's own code.")
    kind: SubstrateKind = told("What it is.")
    lot: LotRef | None = resolved_by(substrates.lot)
    material_lot: MaterialLotRef | None = resolved_by(substrates.material_lot)
    columns: int | None = told("Columns of its grid.")
    rows: int | None = told("Rows of its grid.")
    map: SubstrateMap | None = told("Its latest map; null when none was told.")
    transfers: TransferConnection = resolved_by(substrates.transfers)
    inspections: InspectionConnectionRef = resolved_by(spans.substrate_inspections)
    measurements: MeasurementConnectionRef = resolved_by(measurements.of_substrate, allow=SHOP_FLOOR)


@answers(records.Die, allow=READERS)
class Die(Node):
    """One die: stored when it has facts of its own, else answered from its substrate's map."""

    id: strawberry.ID = identity("DIE", "key")
    substrate: Substrate = resolved_by(substrates.die_substrate)
    x: int = told("Its column.")
    y: int = told("Its row.")
    bin: int | None = told("Its bin code in the latest map.")
    quality: str | None = told("What that code means: PASS, FAIL, NULL, REFERENCE or UNKNOWN.")
    unit: UnitRef | None = resolved_by(substrates.die_unit)
    transfers: list[Transfer] = resolved_by(substrates.die_transfers)
    tests: list[TestResultRef] = resolved_by(substrates.die_tests)
    conflicts: list[FindingRef] = resolved_by(substrates.die_conflicts)
