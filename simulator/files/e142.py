"""Strip maps as a die bonder writes them (SEMI E142: bins, and which die went to which site)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

NAMESPACE: Final = "urn:semi-org:xsd.E142-1.V1005.SubstrateMap"
PASS: Final = 1
FAIL: Final = 2
_QUALITY: Final = {PASS: ("Pass", "good"), FAIL: ("Fail", "no die or a bad bond")}


@dataclass
class Strip:
    """One strip: its grid, the bin of each site, and the dies that were placed."""

    strip_id: str
    lot_id: str
    product_id: str
    wafer_id: str
    columns: int
    rows: int
    bins: dict[tuple[int, int], int] = field(default_factory=dict)
    transfers: list[tuple[int, int, int, int]] = field(default_factory=list)
    version: str = ""


def written(strip: Strip) -> bytes:
    """The strip's map as an XML file."""
    root = Element("MapData", {"xmlns": NAMESPACE})
    layouts = SubElement(root, "Layouts")
    top = SubElement(layouts, "Layout", {"LayoutId": "StripLayout", "DefaultUnits": "mm", "TopLevel": "true"})
    SubElement(top, "Dimension", {"X": "1", "Y": "1"})
    SubElement(top, "ProductId").text = strip.product_id
    SubElement(SubElement(top, "ChildLayouts"), "ChildLayout", {"LayoutId": "ChipLayout"})
    chips = SubElement(layouts, "Layout", {"LayoutId": "ChipLayout", "DefaultUnits": "mm"})
    SubElement(chips, "Dimension", {"X": str(strip.columns), "Y": str(strip.rows)})
    names = {"SubstrateType": "Strip", "SubstrateId": strip.strip_id}
    substrate = SubElement(SubElement(root, "Substrates"), "Substrate", names)
    SubElement(substrate, "LotId").text = strip.lot_id
    maps = SubElement(root, "SubstrateMaps")
    _overlays(SubElement(maps, "SubstrateMap", {**names, "LayoutSpecifier": "StripLayout/ChipLayout"}), strip)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _overlays(substrate_map: Element, strip: Strip) -> None:
    overlay = SubElement(substrate_map, "Overlay", {"MapName": "BinCodeMap", "MapVersion": strip.version})
    bins = SubElement(overlay, "BinCodeMap", {"BinType": "Integer2", "NullBin": "FFFF"})
    counts = Counter(strip.bins.values())
    definitions = SubElement(bins, "BinDefinitions")
    for code, (quality, words) in _QUALITY.items():
        SubElement(
            definitions,
            "BinDefinition",
            {
                "BinCode": f"{code:04X}",
                "BinCount": str(counts[code]),
                "BinQuality": quality,
                "BinDescription": words,
            },
        )
    for y in reversed(range(strip.rows)):
        row = "".join(f"{strip.bins.get((x, y), 0xFFFF):04X}" for x in range(strip.columns))
        SubElement(bins, "BinCode").text = row
    overlay = SubElement(substrate_map, "Overlay", {"MapName": "WaferToStrip", "MapVersion": "1"})
    moved = SubElement(
        overlay, "TransferMap", {"FromSubstrateType": "Wafer", "FromSubstrateId": strip.wafer_id}
    )
    for fx, fy, tx, ty in strip.transfers:
        SubElement(moved, "T", {"FX": str(fx), "FY": str(fy), "TX": str(tx), "TY": str(ty)})
