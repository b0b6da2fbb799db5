from __future__ import annotations

from array import array
from collections import Counter

import pytest

from connectors.errors import UnreadableMessage
from connectors.wafer_map import g85
from tests.connectors.files import dropped, options, shared_file
from twin.events.substrate import BinDefinition, SubstrateMapped, SubstrateRegistered
from twin.vocabulary.instants import written
from twin.vocabulary.states import BinQuality, MapAxis, MapOrigin, SubstrateKind


def wafer_map(
    *, map_attributes: str = 'WaferId="W1"', device: str = 'LotId="L1" OriginLocation="2"', rows: str = ""
) -> bytes:
    lines = rows or "<Row><![CDATA[00DE]]></Row><Row><![CDATA[FF01]]></Row>"
    return f"""<?xml version="1.0"?>
<Map xmlns:semi="http://www.semi.org" {map_attributes} FormatRevision="SEMI G85 0703">
  <Device BinType="HexaDecimal" NullBin="FF" Rows="99" Columns="99" CreateDate="20260105080000123" {device}>
    <ReferenceDevice ReferenceDeviceX="1" ReferenceDeviceY="2"/>
    <Bin BinCode="00" BinQuality="Pass" BinDescription="Good"/>
    <Bin BinCode="DE" BinQuality="Fail"/>
    <Data MapName="m" Version="1">{lines}</Data>
  </Device>
</Map>""".encode()


def mapped(data: bytes) -> SubstrateMapped:
    fact = g85.read(dropped(data), options())[-1].fact
    assert isinstance(fact, SubstrateMapped)
    return fact


def test_a_map_becomes_its_facts_and_its_rows_overrule_its_counts() -> None:
    registered, sheet = g85.read(dropped(wafer_map()), options(equipment_id="SORTER-1"))
    assert written(registered.occurred_at) == "2026-01-05T08:00:00.123Z"
    assert registered.fact == SubstrateRegistered(
        substrate_id="W1", kind=SubstrateKind.WAFER, lot_id="L1", columns=2, rows=2
    )
    assert sheet.fact == SubstrateMapped(
        substrate_id="W1",
        kind=SubstrateKind.WAFER,
        equipment_id="SORTER-1",
        columns=2,
        rows=2,
        origin=MapOrigin.UPPER_LEFT,
        axis=MapAxis.DOWN_RIGHT,
        orientation_deg=0,
        null_bin=255,
        bins=array("H", [0, 222, 255, 1]).tobytes(),
        bin_definitions=(
            BinDefinition(bin=0, quality=BinQuality.PASS, name="Good"),
            BinDefinition(bin=222, quality=BinQuality.FAIL),
        ),
        map_name="m",
    )


def test_rows_may_be_spaced_or_printed_on_lines_of_their_own() -> None:
    rows = "<Row>\n      <![CDATA[00 DE]]>\n    </Row><Row>\n      <![CDATA[FF01]]>\n    </Row>"
    assert mapped(wafer_map(rows=rows)).bins == mapped(wafer_map()).bins


def test_several_maps_of_a_file_are_several_wafers() -> None:
    one, two = (wafer_map(map_attributes=f'SubstrateId="S{n}"').partition(b"?>")[2] for n in (1, 2))
    events = g85.read(dropped(b"<Maps>" + one + two + b"</Maps>"), options())
    assert [event.fact.substrate_id for event in events] == ["S1", "S1", "S2", "S2"]  # type: ignore[attr-defined]


def test_a_slot_number_is_named_by_its_lot() -> None:
    assert mapped(wafer_map(map_attributes='WaferId="5"')).substrate_id == "L1-05"


@pytest.mark.parametrize(
    ("head", "known"),
    [(b"<Map>", True), (b"<s:Maps xmlns:s='x'>", True), (b"<MapData>", False), (b"", False)],
)
def test_a_g85_file_is_known_by_its_root(head: bytes, *, known: bool) -> None:
    assert g85.recognises(head) is known


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<Map/>", "without Device"),
        (b"<Maps/>", "without any Map"),
        (b"<MapData/>", "without any Map"),
        (wafer_map(map_attributes=""), "without WaferId"),
        (wafer_map(rows="<Row>00D</Row>"), "row 1 has 3 characters"),
        (wafer_map(rows="<Row>00</Row><Row/>"), "row 2 holds 0 bins"),
        (wafer_map(rows="<x/>"), "the map has no rows"),
        (wafer_map(device='OriginLocation="7"'), "OriginLocation '7'"),
        (wafer_map(map_attributes='WaferId="' + "W" * 129 + '"'), "length <= 128"),
        (wafer_map()[:-9], "broken XML"),
    ],
)
def test_a_hostile_file_says_what_is_wrong_with_it(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        g85.read(dropped(data), options())
    assert words in caught.value.reason


@pytest.mark.shared
def test_the_sample_map_has_the_bins_of_the_ground_truth() -> None:
    events = g85.read(shared_file("g85", "SEMI_G85_1101_ALL.xml"), options())
    fact = events[-1].fact
    assert isinstance(fact, SubstrateMapped)
    assert (fact.substrate_id, fact.columns, fact.rows, fact.null_bin) == ("ABCD123", 60, 60, 255)
    assert Counter(array("H", fact.bins)) == {0: 2765, 0xDE: 38, 0xAD: 5, 0xFF: 792}
    assert [(d.bin, d.quality, d.name) for d in fact.bin_definitions] == [
        (0, BinQuality.PASS, "Pass"),
        (0xDE, BinQuality.FAIL, "Fail"),
        (0xAD, BinQuality.FAIL, "QC"),
    ]
    assert events[0].fact == SubstrateRegistered(
        substrate_id="ABCD123",
        kind=SubstrateKind.WAFER,
        lot_id="DEADBEEF",
        product_id="FOOBAR",
        columns=60,
        rows=60,
    )
