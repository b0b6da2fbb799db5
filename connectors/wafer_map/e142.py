"""SEMI E142 substrate maps: layouts, substrates, bin codes, unit codes and die transfers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from connectors.errors import UnreadableMessage
from connectors.file_clock import stamp
from connectors.file_facts import identifier
from connectors.file_format import DroppedFile, FileOptions
from connectors.wafer_map import mapping
from connectors.wafer_map.frame import axis_of, kind_of, origin_of, quality_of, turn_of
from connectors.wafer_map.grid import NO_BIN, Coding, bin_number, bin_row, coding
from connectors.wafer_map.mapping import BinMap, SubstrateRecord
from connectors.wafer_map.xml_tree import Element, read_xml, root_name
from twin.events.event import Event
from twin.events.substrate import BinDefinition, Transfer, UnitMark
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import SubstrateKind


@dataclass(frozen=True)
class Layout:
    """One level of a substrate's geometry."""

    columns: int | None
    rows: int | None
    product_id: str | None


def recognises(head: bytes) -> bool:
    """Whether the file is an E142 ``MapData`` document."""
    return root_name(head) == "MapData"


def read(file: DroppedFile, options: FileOptions) -> list[Event]:
    """The facts of an E142 file.

    Raises:
        UnreadableMessage: it is no E142 file, or states something impossible.
    """
    root = read_xml(file.data)
    if root.name != "MapData":
        raise UnreadableMessage(f"the root element is {root.name[:64]!r}, not MapData")
    events = mapping.events(_records(root, options), file, options)
    if not events:
        raise UnreadableMessage("an E142 file without any substrate", stage="map")
    return events


def _records(root: Element, options: FileOptions) -> Iterator[SubstrateRecord]:
    layouts = {
        layout.get("LayoutId") or "": _layout(layout)
        for group in root.every("Layouts")
        for layout in group.every("Layout")
    }
    product_id = next((layout.product_id for layout in layouts.values() if layout.product_id), None)
    known = {
        record.substrate_id: record
        for group in root.every("Substrates")
        for record in map(_substrate, group.every("Substrate"))
    }
    mapped = [sheet for group in root.every("SubstrateMaps") for sheet in group.every("SubstrateMap")]
    for sheet in mapped:
        told = _substrate(sheet)
        lot_id = known.pop(told.substrate_id, told).lot_id
        yield _sheet(sheet, replace(told, lot_id=lot_id, product_id=product_id), layouts, options)
    for record in known.values():
        yield replace(record, product_id=product_id)


def _layout(layout: Element) -> Layout:
    size = layout.first("Dimension")
    return Layout(
        columns=_number(size, "X") if size else None,
        rows=_number(size, "Y") if size else None,
        product_id=identifier(layout.said("ProductId")),
    )


def _substrate(element: Element) -> SubstrateRecord:
    substrate_id = element.get("SubstrateId")
    if substrate_id is None:
        raise UnreadableMessage(f"a {element.name} without SubstrateId", stage="map")
    return SubstrateRecord(
        substrate_id=substrate_id,
        kind=kind_of(element.get("SubstrateType")),
        lot_id=identifier(element.said("LotId")),
    )


def _sheet(
    sheet: Element, record: SubstrateRecord, layouts: dict[str, Layout], options: FileOptions
) -> SubstrateRecord:
    level = (sheet.get("LayoutSpecifier") or "").rpartition("/")[2]
    layout = layouts.get(level, Layout(None, None, None))
    overlays = list(sheet.every("Overlay"))
    transfers = [(overlay, t) for overlay in overlays for t in overlay.every("TransferMap")]
    return replace(
        record,
        columns=layout.columns,
        rows=layout.rows,
        content_at=_version(overlays, options),
        bin_map=_bin_map(sheet, overlays),
        transfers=tuple(row for _, t in transfers for row in _transfers(t)),
        sources=tuple(dict.fromkeys((_from_id(t), _from_kind(t)) for _, t in transfers)),
        units=_units(overlays),
    )


def _version(overlays: list[Element], options: FileOptions) -> Instant | None:
    stamps = (stamp(overlay.get("MapVersion") or "", options.utc_offset) for overlay in overlays)
    return next((at for at in stamps if at is not None), None)


def _bin_map(sheet: Element, overlays: list[Element]) -> BinMap | None:
    found = next(((o, m) for o in overlays for m in o.every("BinCodeMap")), None)
    if found is None:
        return None
    overlay, codes = found
    how = coding(codes.get("BinType"))
    null = codes.get("NullBin")
    rows = tuple(tuple(bin_row(row.text, how, n)) for n, row in enumerate(codes.every("BinCode"), 1))
    return BinMap(
        rows=rows,
        null_bin=bin_number(null, how) if null else NO_BIN,
        definitions=_definitions(codes, how),
        origin=origin_of(sheet.get("OriginLocation")),
        axis=axis_of(sheet.get("AxisDirection")),
        orientation_deg=turn_of(sheet.get("Orientation")),
        name=identifier(overlay.get("MapName")),
    )


def _definitions(codes: Element, how: Coding) -> tuple[BinDefinition, ...]:
    groups = [codes, *codes.every("BinDefinitions")]
    return tuple(
        BinDefinition(
            bin=bin_number(definition.get("BinCode") or "", how),
            quality=quality_of(definition.get("BinQuality")),
            name=definition.get("BinDescription"),
        )
        for group in groups
        for definition in group.every("BinDefinition")
    )


def _from_id(transfer_map: Element) -> str:
    source_id = transfer_map.get("FromSubstrateId")
    if source_id is None:
        raise UnreadableMessage("a TransferMap without FromSubstrateId", stage="map")
    return source_id


def _from_kind(transfer_map: Element) -> SubstrateKind:
    return kind_of(transfer_map.get("FromSubstrateType"))


def _transfers(transfer_map: Element) -> Iterator[Transfer]:
    source_id = _from_id(transfer_map)
    for row in transfer_map.every("T"):
        yield (source_id, _number(row, "FX"), _number(row, "FY"), _number(row, "TX"), _number(row, "TY"))


def _units(overlays: list[Element]) -> tuple[UnitMark, ...]:
    """The unit code of each site; the codes of further overlays are what is marked on it."""
    sheets = [(o.get("MapName") or "", ids) for o in overlays for ids in o.every("DeviceIdMap")]
    sheets.sort(key=lambda sheet: "deviceid" not in sheet[0].lower())
    if not sheets:
        return ()
    units, *others = [list(_codes(ids)) for _, ids in sheets]
    marks = [dict(codes) for codes in others]
    return tuple(
        UnitMark(
            unit_id=unit_id,
            x=site[0],
            y=site[1],
            mark=" ".join(mark[site] for mark in marks if site in mark) or None,
        )
        for site, unit_id in units
    )


def _codes(ids: Element) -> Iterator[tuple[tuple[int, int], str]]:
    for row in ids.every("Id"):
        if code := identifier(row.text):
            yield (_number(row, "X"), _number(row, "Y")), code


def _number(element: Element, name: str) -> int:
    text = element.get(name)
    try:
        return int(text or "", 10)
    except ValueError as error:
        raise UnreadableMessage(
            f"{element.name} {name}={(text or '')[:32]!r} is not a whole number", stage="map"
        ) from error
