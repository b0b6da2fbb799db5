from __future__ import annotations

from collections.abc import Sequence

NAMESPACE = 'xmlns="urn:semi-org:xsd.E142-1.V1005.SubstrateMap"'


def strip_map(
    *,
    strip_id: str = "STRIP-1",
    lot_id: str = "LOT-1",
    rows: Sequence[str] = ("00010002", "00030004"),
    bin_type: str = 'BinType="Integer2" NullBin="FFFF"',
    frame: str = "",
    version: str = "2026010508000050",
    definitions: str = '<BinDefinition BinCode="0001" BinQuality="Pass" BinDescription="Good"/>',
    overlays: str = "",
    namespace: str = NAMESPACE,
) -> bytes:
    codes = "".join(f"<BinCode>{row}</BinCode>" for row in rows)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<MapData {namespace}>
  <Layouts>
    <Layout LayoutId="Top"><Dimension X="1" Y="1"/><ProductId>P-1</ProductId></Layout>
    <Layout LayoutId="Chip"><Dimension X="9" Y="9"/></Layout>
  </Layouts>
  <Substrates>
    <Substrate SubstrateType="Strip" SubstrateId="{strip_id}"><LotId>{lot_id}</LotId><CarrierId/></Substrate>
  </Substrates>
  <SubstrateMaps>
    <SubstrateMap SubstrateType="Strip" SubstrateId="{strip_id}" LayoutSpecifier="Top/Chip" {frame}>
      <Overlay MapName="BinCodeMap" MapVersion="{version}">
        <BinCodeMap {bin_type}><BinDefinitions>{definitions}</BinDefinitions>{codes}</BinCodeMap>
      </Overlay>{overlays}
    </SubstrateMap>
  </SubstrateMaps>
</MapData>""".encode()


def transfer_map(*rows: tuple[int, int, int, int], wafer_id: str = "WAFER.05") -> str:
    moved = "".join(f'<T FX="{fx}" FY="{fy}" TX="{tx}" TY="{ty}"/>' for fx, fy, tx, ty in rows)
    return (
        f'<Overlay MapName="WaferToStrip"><TransferMap FromSubstrateType="Wafer" '
        f'FromSubstrateId="{wafer_id}">{moved}</TransferMap></Overlay>'
    )


def device_ids(name: str, *rows: tuple[int, int, str]) -> str:
    codes = "".join(f'<Id X="{x}" Y="{y}">{code}</Id>' for x, y, code in rows)
    return f'<Overlay MapName="{name}" MapVersion="1"><DeviceIdMap>{codes}</DeviceIdMap></Overlay>'
