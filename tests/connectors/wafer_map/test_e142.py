from __future__ import annotations

from array import array
from typing import Any

import pytest

from connectors.errors import UnreadableMessage
from connectors.wafer_map import e142
from tests.connectors.files import WRITTEN_AT, dropped, options
from tests.connectors.wafer_map.strip_documents import device_ids, strip_map, transfer_map
from twin.events.substrate import (
    BinDefinition,
    DiesTransferred,
    SubstrateMapped,
    SubstrateRegistered,
    UnitMark,
    UnitsIdentified,
)
from twin.vocabulary.instants import written
from twin.vocabulary.states import BinQuality, MapAxis, MapOrigin, SubstrateKind


def facts(data: bytes, **given: Any) -> list[Any]:
    return [event.fact for event in e142.read(dropped(data), options(**given))]


def mapped(data: bytes, **given: Any) -> SubstrateMapped:
    (found,) = [fact for fact in facts(data, **given) if isinstance(fact, SubstrateMapped)]
    return found


def bins(data: bytes, **given: Any) -> list[int]:
    return array("H", mapped(data, **given).bins).tolist()


def reason(data: bytes, **given: Any) -> str:
    with pytest.raises(UnreadableMessage) as caught:
        e142.read(dropped(data), options(**given))
    return caught.value.reason


def test_a_strip_map_becomes_its_facts_in_order() -> None:
    document = strip_map(
        overlays=device_ids("ExternalDeviceIdMap", (0, 1, "U1"), (1, 1, "U2"))
        + transfer_map((4, 51, 0, 0), (4, 52, 1, 1))
        + device_ids("OpticalMultiChipID", (0, 1, "U1:MKZ"))
    )
    assert facts(document, equipment_id="DB-01") == [
        SubstrateRegistered(
            substrate_id="STRIP-1",
            kind=SubstrateKind.STRIP,
            lot_id="LOT-1",
            product_id="P-1",
            columns=2,
            rows=2,
        ),
        SubstrateRegistered(substrate_id="WAFER.05", kind=SubstrateKind.WAFER),
        SubstrateMapped(
            substrate_id="STRIP-1",
            kind=SubstrateKind.STRIP,
            equipment_id="DB-01",
            columns=2,
            rows=2,
            origin=MapOrigin.LOWER_LEFT,
            axis=MapAxis.UP_RIGHT,
            orientation_deg=0,
            null_bin=65535,
            bins=array("H", [3, 4, 1, 2]).tobytes(),
            bin_definitions=(BinDefinition(bin=1, quality=BinQuality.PASS, name="Good"),),
            map_name="BinCodeMap",
        ),
        DiesTransferred(
            to_substrate_id="STRIP-1",
            to_kind=SubstrateKind.STRIP,
            operation="DIE_BONDING",
            equipment_id="DB-01",
            lot_id="LOT-1",
            transfers=(("WAFER.05", 4, 51, 0, 0), ("WAFER.05", 4, 52, 1, 1)),
        ),
        UnitsIdentified(
            lot_id="LOT-1",
            substrate_id="STRIP-1",
            units=(UnitMark(unit_id="U1", x=0, y=1, mark="U1:MKZ"), UnitMark(unit_id="U2", x=1, y=1)),
        ),
    ]


def test_events_are_named_by_content_and_place_and_sort_in_the_order_of_the_file() -> None:
    document = strip_map(overlays=transfer_map((4, 51, 0, 0)))
    first = e142.read(dropped(document, "a.xml"), options())
    again = e142.read(dropped(document, "b.xml"), options())
    other = e142.read(dropped(document + b"\n"), options())
    assert [event.event_id for event in first] == [event.event_id for event in again]
    assert [event.event_id[-5:] for event in first] == ["00000", "00001", "00002", "00003"]
    assert sorted(first, key=lambda event: event.order) == first
    assert not {event.event_id for event in first} & {event.event_id for event in other}


@pytest.mark.parametrize(
    ("frame", "order", "expected"),
    [
        ("", "as_seen", [3, 4, 1, 2]),
        ("", "y_rising", [1, 2, 3, 4]),
        ("", "y_falling", [3, 4, 1, 2]),
        ('OriginLocation="UpperLeft" AxisDirection="DownRight"', "as_seen", [1, 2, 3, 4]),
        ('OriginLocation="2" AxisDirection="4" Orientation="Downward"', "as_seen", [1, 2, 3, 4]),
        ('OriginLocation="LowerRight" AxisDirection="UpLeft"', "as_seen", [4, 3, 2, 1]),
        ('OriginLocation="UpperRight" AxisDirection="DownLeft"', "as_seen", [2, 1, 4, 3]),
        ('OriginLocation="UpperLeft" AxisDirection="DownRight"', "y_falling", [3, 4, 1, 2]),
    ],
)
def test_the_lowest_row_comes_first_whatever_the_axes(frame: str, order: str, expected: list[int]) -> None:
    assert bins(strip_map(frame=frame), row_order=order) == expected


@pytest.mark.parametrize(
    ("bin_type", "rows", "expected", "null_bin"),
    [
        ('BinType="Integer2" NullBin="FFFF"', ("00FFFFFF",), [255, 65535], 65535),
        ('BinType="HexaDecimal" NullBin="FF"', ("0aFF",), [10, 255], 255),
        ('BinType="Ascii" NullBin="."', ("1.",), [49, 46], 46),
        ('BinType="Decimal" NullBin="255"', ("010255",), [10, 255], 255),
        ('BinType="Decimal"', ("010 255",), [10, 255], 65535),
        ("", ("0001FFFF",), [1, 65535], 65535),
    ],
)
def test_each_bin_type_is_read_by_its_own_width(
    bin_type: str, rows: tuple[str, ...], expected: list[int], null_bin: int
) -> None:
    document = strip_map(bin_type=bin_type, rows=rows, definitions="")
    assert bins(document) == expected
    assert mapped(document).null_bin == null_bin


@pytest.mark.parametrize(
    "namespace",
    [
        "",
        'xmlns="urn:semi-org:xsd.E142-1.V0805.SubstrateMap"',
        'xmlns:xsi="urn:semi-org:xsd.E142-1.V1105.SubstrateMap"',
    ],
)
def test_a_document_is_known_by_its_local_names(namespace: str) -> None:
    document = strip_map(namespace=namespace)
    assert e142.recognises(document[:4096])
    assert bins(document) == [3, 4, 1, 2]


def test_a_prefixed_root_behind_a_comment_is_known() -> None:
    assert e142.recognises(b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- <Map> -->\n<m:MapData xmlns:m="x">')
    assert e142.recognises('\ufeff<?xml version="1.0"?><MapData>'.encode("utf-16-le"))
    assert not e142.recognises(b"<Map>")
    assert not e142.recognises(b"\x00\x02\x00\x0a\x01\x04")
    assert not e142.recognises(b"")


def test_the_stamp_in_the_file_dates_it_in_the_configured_zone() -> None:
    (event, *_) = e142.read(dropped(strip_map()), options(utc_offset="+08:00"))
    assert written(event.occurred_at) == "2026-01-05T00:00:00.500Z"


@pytest.mark.parametrize("version", ["1", "", "20261305080000", "99990101000000"])
def test_a_version_that_is_no_time_leaves_the_clock_to_the_file(version: str) -> None:
    (event, *_) = e142.read(dropped(strip_map(version=version)), options())
    assert event.occurred_at == WRITTEN_AT


def test_the_file_clock_and_the_equipment_come_from_the_name_only_by_pattern() -> None:
    pattern = r"_(?P<equipment_id>[A-Z0-9]+)_(?P<at>[^_]+)\.xml$"
    file = dropped(strip_map(), "E142_LOT_S1_DB7_20240130T123000+08.xml")
    plain = e142.read(file, options(clock="file"))
    named = e142.read(file, options(clock="file", equipment_pattern=pattern))
    assert plain[0].occurred_at == WRITTEN_AT
    assert plain[1].fact.equipment_id is None  # type: ignore[attr-defined]
    assert written(named[0].occurred_at) == "2024-01-30T04:30:00.000Z"
    assert named[1].fact.equipment_id == "DB7"  # type: ignore[attr-defined]


def test_a_transfer_without_a_known_machine_names_the_unknown_one() -> None:
    (*_, transferred) = facts(strip_map(overlays=transfer_map((1, 2, 3, 4))))
    assert transferred.equipment_id == "UNKNOWN"


def test_a_quality_outside_the_standard_becomes_unknown() -> None:
    document = strip_map(
        definitions='<BinDefinition BinCode="0000" BinQuality="Unknown"/><BinDefinition BinCode="0002"/>'
        '<BinDefinition BinCode="0003" BinQuality="Null"/>'
    )
    assert mapped(document).bin_definitions == (
        BinDefinition(bin=0, quality=BinQuality.UNKNOWN),
        BinDefinition(bin=2, quality=BinQuality.UNKNOWN),
        BinDefinition(bin=3, quality=BinQuality.NULL),
    )


def test_two_codes_on_one_site_are_both_kept() -> None:
    (*_, identified) = facts(strip_map(overlays=device_ids("DeviceIdMap", (0, 0, "U1"), (0, 0, "U2"))))
    assert [unit.unit_id for unit in identified.units] == ["U1", "U2"]


def test_the_lot_of_the_options_fills_a_file_without_one() -> None:
    document = strip_map(lot_id="", overlays=device_ids("DeviceIdMap", (0, 0, "U1")))
    assert "names units but neither" in reason(document)
    assert facts(document, lot_id="LOT-9")[-1].lot_id == "LOT-9"


def test_the_rows_decide_where_the_layout_counts_otherwise() -> None:
    registered, sheet = facts(strip_map(rows=("000100010001",)))
    assert (registered.columns, registered.rows, sheet.columns, sheet.rows) == (3, 1, 3, 1)


def test_a_long_transfer_list_is_cut_into_events_that_fit() -> None:
    moved = [(n % 1000, n // 1000, n % 1000, n // 1000) for n in range(120_000)]
    found = facts(strip_map(overlays=transfer_map(*moved, wafer_id="W" * 40)))
    parts = [fact.transfers for fact in found if isinstance(fact, DiesTransferred)]
    assert len(parts) == 3
    assert [row[1:] for part in parts for row in part] == moved


ENTITY_BOMB = b"""<?xml version="1.0"?><!DOCTYPE MapData [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<MapData>&b;</MapData>"""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "broken XML"),
        (b"<MapData>", "broken XML"),
        (b"<MapData/>", "without any substrate"),
        (b"<Map/>", "not MapData"),
        (b"<MapData><\xff\xfe\xfd/></MapData>", "broken XML"),
        (b"<MapData>\x00</MapData>", "broken XML"),
        (b'<?xml version="1.0" encoding="klingon"?><MapData/>', "broken XML"),
        (strip_map()[:-40], "broken XML"),
        (ENTITY_BOMB, "not allowed"),
        (b'<!DOCTYPE MapData SYSTEM "http://localhost/x.dtd"><MapData/>', "not allowed"),
        (b"<MapData>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</MapData>", "nested deeper than 32"),
        (b'<MapData a="' + b"x" * 10_000_000 + b'"/>', "attribute longer than 4096"),
        (strip_map(strip_id="S" * 129), "SubstrateRegistered: Expected `str` of length <= 128"),
        (strip_map(strip_id="S&#1;"), "broken XML"),
        (strip_map(strip_id=""), "without SubstrateId"),
        (strip_map(lot_id="L" * 10_000_000), "SubstrateRegistered"),
        (strip_map(rows=("000100",)), "row 1 has 6 characters"),
        (strip_map(rows=("0001", "00010002")), "row 2 holds 2 bins, row 1 holds 1"),
        (strip_map(rows=("00ZZ",)), "is not 4 digits"),
        (strip_map(rows=("-001",)), "is not 4 digits"),
        (strip_map(rows=("\uff10001",)), "is not 4 digits"),
        (strip_map(rows=()), "the map has no rows"),
        (strip_map(rows=("",)), "the map has no rows"),
        (strip_map(bin_type='BinType="Float"'), "BinType 'Float'; allowed"),
        (strip_map(bin_type='NullBin="F"'), "is not 4 digits"),
        (strip_map(frame='OriginLocation="Middle"'), "OriginLocation 'Middle'; allowed"),
        (strip_map(frame='AxisDirection="9"'), "AxisDirection '9'; allowed"),
        (strip_map(frame='Orientation="nan"'), "Orientation 'nan'; allowed"),
        (strip_map().replace(b'"Strip"', b'"Plate"'), "SubstrateType 'Plate'; allowed"),
        (strip_map(overlays=transfer_map((1, 1, 1, 1)).replace('FX="1"', "")), "T FX='' is not"),
        (strip_map(overlays=transfer_map((1, 1, 1, 9**30))), "DiesTransferred: Expected `int` <="),
        (strip_map(overlays=transfer_map((1, 1, 1, 1), wafer_id="")), "without FromSubstrateId"),
    ],
)
def test_a_hostile_file_says_what_is_wrong_with_it(data: bytes, words: str) -> None:
    assert words in reason(data)


def test_a_map_larger_than_one_event_is_refused() -> None:
    assert "1500000" in reason(strip_map(bin_type='BinType="Ascii"', rows=["1" * 2000] * 751, definitions=""))


def test_a_strip_cut_at_any_byte_is_unreadable_or_whole() -> None:
    document = strip_map(overlays=transfer_map((4, 51, 0, 0)) + device_ids("DeviceIdMap", (0, 0, "U1")))
    whole = document.rstrip()
    for end in range(0, len(whole), 7):
        assert reason(whole[:end]).startswith("broken XML")
