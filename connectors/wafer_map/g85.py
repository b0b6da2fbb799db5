"""SEMI G85 maps: one wafer's bins in XML."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.errors import UnreadableMessage
from connectors.file_clock import stamp
from connectors.file_facts import identifier, wafer_name
from connectors.file_format import DroppedFile, FileOptions
from connectors.wafer_map import mapping
from connectors.wafer_map.frame import axis_into, kind_of, origin_of, quality_of, turn_of
from connectors.wafer_map.grid import NO_BIN, Coding, bin_number, bin_row, coding
from connectors.wafer_map.mapping import BinMap, SubstrateRecord
from connectors.wafer_map.xml_tree import Element, read_xml, root_name
from twin.events.event import Event
from twin.events.substrate import BinDefinition


def recognises(head: bytes) -> bool:
    """Whether the file is a G85 ``Map`` or ``Maps`` document."""
    return root_name(head) in ("Map", "Maps")


def read(file: DroppedFile, options: FileOptions) -> list[Event]:
    """The facts of a G85 file.

    Raises:
        UnreadableMessage: it is no G85 file, or states something impossible.
    """
    root = read_xml(file.data)
    sheets = [root] if root.name == "Map" else list(root.every("Map"))
    if not sheets:
        raise UnreadableMessage("a G85 file without any Map", stage="map")
    return mapping.events(_records(sheets, options), file, options)


def _records(sheets: list[Element], options: FileOptions) -> Iterator[SubstrateRecord]:
    for sheet in sheets:
        device = sheet.first("Device")
        if device is None:
            raise UnreadableMessage("a Map without Device", stage="map")
        lot_id = identifier(device.get("LotId") or sheet.get("LotId"))
        substrate_id = sheet.get("SubstrateId") or sheet.get("WaferId")
        if substrate_id is None:
            raise UnreadableMessage("a Map without WaferId or SubstrateId", stage="map")
        yield SubstrateRecord(
            substrate_id=wafer_name(lot_id, substrate_id),
            kind=kind_of(sheet.get("SubstrateType")),
            lot_id=lot_id,
            product_id=identifier(device.get("ProductId")),
            content_at=stamp(device.get("CreateDate") or "", options.utc_offset),
            bin_map=_bin_map(device),
        )


def _bin_map(device: Element) -> BinMap:
    how = coding(device.get("BinType"))
    null = device.get("NullBin")
    origin = origin_of(device.get("OriginLocation"))
    data = device.first("Data")
    rows = list(data.every("Row")) if data else []
    return BinMap(
        rows=tuple(tuple(bin_row(_apart(row), how, number)) for number, row in enumerate(rows, 1)),
        null_bin=bin_number(null, how) if null else NO_BIN,
        definitions=tuple(_definition(row, how) for row in device.every("Bin")),
        origin=origin,
        axis=axis_into(origin),
        orientation_deg=turn_of(device.get("Orientation")),
        name=identifier(data.get("MapName")) if data else None,
    )


def _apart(row: Element) -> str:
    """The text of a row without the line breaks that pretty printing puts around its CDATA."""
    return row.text.strip("\r\n\t") if "\n" in row.text else row.text


def _definition(row: Element, how: Coding) -> BinDefinition:
    return BinDefinition(
        bin=bin_number(row.get("BinCode") or "", how),
        quality=quality_of(row.get("BinQuality")),
        name=row.get("BinDescription"),
    )
