from __future__ import annotations

from array import array

import pytest

from connectors.errors import UnreadableMessage
from connectors.wafer_map import sinf
from tests.connectors.files import WRITTEN_AT, dropped, options
from twin.events.substrate import BinDefinition, SubstrateMapped, SubstrateRegistered
from twin.vocabulary.states import BinQuality, MapAxis, MapOrigin, SubstrateKind

TEXT = """DEVICE:CHIP-1
PART#:77
ShotMap line without sense
LOT:L1
WAFER:W1
FNLOC:180
ROWCT:9
COLCT:9
BCEQU:01 0A
REFPX:-3
REFPY:2
DUTMS:mm
XDIES:1.5
YDIES:1.5
RowData:__ 01 __
RowData:0a @@ 1FF
"""


def mapped(text: str) -> SubstrateMapped:
    fact = sinf.read(dropped(text.encode()), options())[-1].fact
    assert isinstance(fact, SubstrateMapped)
    return fact


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT])
def test_a_map_becomes_its_facts_and_its_rows_overrule_its_counts(text: str) -> None:
    registered, sheet = sinf.read(dropped(text.encode()), options())
    assert registered.occurred_at == WRITTEN_AT
    assert registered.fact == SubstrateRegistered(
        substrate_id="W1", kind=SubstrateKind.WAFER, lot_id="L1", product_id="CHIP-1", columns=3, rows=2
    )
    assert sheet.fact == SubstrateMapped(
        substrate_id="W1",
        kind=SubstrateKind.WAFER,
        columns=3,
        rows=2,
        origin=MapOrigin.UPPER_LEFT,
        axis=MapAxis.DOWN_RIGHT,
        orientation_deg=0,
        null_bin=65535,
        bins=array("H", [65535, 1, 65535, 10, 65534, 0x1FF]).tobytes(),
        bin_definitions=(
            BinDefinition(bin=1, quality=BinQuality.PASS),
            BinDefinition(bin=10, quality=BinQuality.PASS),
            BinDefinition(bin=0x1FF, quality=BinQuality.FAIL),
            BinDefinition(bin=65534, quality=BinQuality.REFERENCE),
        ),
        map_name="SINF",
    )
    assert sinf.recognises(text.encode())


@pytest.mark.parametrize(("fnloc", "degrees"), [("0", 180), ("90", 270), ("180", 0), ("270", 90), ("", 0)])
def test_the_notch_is_counted_from_the_bottom(fnloc: str, degrees: int) -> None:
    assert mapped(TEXT.replace("FNLOC:180", f"FNLOC:{fnloc}")).orientation_deg == degrees


def test_without_good_codes_a_bin_says_nothing() -> None:
    sheet = mapped(TEXT.replace("BCEQU:01 0A\n", ""))
    assert {row.quality for row in sheet.bin_definitions} == {BinQuality.UNKNOWN, BinQuality.REFERENCE}


def test_a_slot_number_is_named_by_its_lot() -> None:
    assert mapped(TEXT.replace("WAFER:W1", "WAFER:5")).substrate_id == "L1-05"


@pytest.mark.parametrize("head", [b"", b"FileVersion 1 2;", b"<Map>", b"DEVICE:x\nLOT:y\n", b"a: RowData:"])
def test_other_files_are_not_taken_for_one(head: bytes) -> None:
    assert not sinf.recognises(head)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "without WAFER"),
        ("WAFER:W1\nROWCT:1\n", "the map has no rows"),
        (TEXT.replace("WAFER:W1", ""), "without WAFER"),
        (TEXT + "RowData:01\n", "row 3 holds 1 bins, row 1 holds 3"),
        (TEXT.replace("0a @@", "0g @@"), "row 2: '0g' is no bin code"),
        (TEXT.replace("0a @@", "FFFF @@"), "row 2: 'FFFF' is no bin code"),
        (TEXT.replace("FNLOC:180", "FNLOC:nan"), "FNLOC 'nan'"),
        (TEXT.replace("WAFER:W1", "WAFER:W\x001"), "SubstrateRegistered"),
        (TEXT.replace("WAFER:W1", "WAFER:" + "W" * 129), "length <= 128"),
        (TEXT.replace("WAFER:W1", "WAFER:" + "W" * 10_000_000), "one event holds at most"),
    ],
)
def test_a_hostile_file_says_what_is_wrong_with_it(text: str, words: str) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        sinf.read(dropped(text.encode()), options())
    assert words in caught.value.reason
