"""Inspected wafers as the facts they state: one inspection a wafer, one defect a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.errors import UnreadableMessage
from connectors.file_facts import (
    dated,
    equipment_of,
    events_of,
    identifier,
    in_parts,
    run_name,
    wafer_name,
)
from connectors.file_format import DroppedFile, FileOptions
from connectors.klarf import nested, statements
from connectors.klarf.client import is_nested, text_of
from connectors.klarf.inspection import DefectRow, InspectedWafer, inspected_at
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.quality import Defect, InspectionRecorded
from twin.events.substrate import SubstrateRegistered
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import InspectionKind, SubstrateKind

_CLASS_NAME: Final = 100
"""How much of a class's name goes into a defect's code, behind its number."""


def read(file: DroppedFile, options: FileOptions) -> list[Event]:
    """The facts of a KLARF file.

    Raises:
        UnreadableMessage: it is cut, or names no inspected wafer.
    """
    text = text_of(file.data)
    wafers = nested.inspected_wafers(text) if is_nested(text) else statements.inspected_wafers(text)
    if not wafers:
        raise UnreadableMessage("a KLARF file without any defect list", stage="map")
    return events_of(file, options, _facts(wafers, file, options))


def _facts(
    wafers: list[InspectedWafer], file: DroppedFile, options: FileOptions
) -> Iterator[tuple[Instant, Fact]]:
    for wafer in wafers:
        lot_id, named = identifier(wafer.lot_id) or options.lot_id, identifier(wafer.wafer_id)
        if named is None:
            raise UnreadableMessage("a wafer without a name", stage="map")
        wafer_id = wafer_name(lot_id, named)
        at = dated(inspected_at(wafer.stamp, options.utc_offset), file, options)
        yield at, SubstrateRegistered(substrate_id=wafer_id, kind=SubstrateKind.WAFER, lot_id=lot_id)
        step_id = identifier(wafer.step_id)
        for number, part in enumerate(in_parts([_defect(row, wafer) for row in wafer.defects])):
            yield (
                at,
                InspectionRecorded(
                    inspection_id=run_name(lot_id, wafer_id, step_id, wafer.stamp),
                    lot_id=lot_id,
                    substrate_id=wafer_id,
                    operation=options.operation or step_id or "INSPECTION",
                    kind=InspectionKind.AOI,
                    passed=not wafer.defects,
                    inspected=0 if number else len(wafer.dies),
                    defects=part,
                    by=equipment_of(file, options) or identifier(wafer.station),
                ),
            )


def _defect(row: DefectRow, wafer: InspectedWafer) -> Defect:
    name = " ".join(wafer.classes.get(row.class_number, "").split())[:_CLASS_NAME]
    return Defect(
        code=f"{row.class_number}:{name}" if name else row.class_number,
        quantity=1,
        x=row.x,
        y=row.y,
        offset_um=(row.x_um, row.y_um),
    )
