from __future__ import annotations

import pytest

from connectors.errors import UnreadableMessage
from connectors.klarf import client, mapping
from tests.connectors.files import WRITTEN_AT, dropped, options
from twin.events.quality import Defect, InspectionRecorded
from twin.events.substrate import SubstrateRegistered
from twin.vocabulary.instants import written
from twin.vocabulary.states import InspectionKind, SubstrateKind

OLD = """FileVersion 1 2;
InspectionStationID "maker" "model" "AOI-1";
ResultTimestamp 01-05-26 08:00:00;
LotID "L1";
StepID "AOI_2";
WaferID "W1";
ClassLookup 2
 0 "Unclassified"
 10 "Scratch; deep, \n wide";
SampleTestPlan 3
 0 0 0 1
 1 1;
DefectRecordSpec 9 DEFECTID XREL YREL XINDEX YINDEX CLASSNUMBER DSIZE IMAGECOUNT IMAGELIST ;
DefectList;
DefectList
 1 3.5 7.25 0 1 10 5 0 0
 2 1e2 2 -1 1 99 5 1 1
 39 1;
EndOfFile;
"""

NEW = """Record FileRecord "1.8"
{
  Record LotRecord "L1"
  {
    Record WaferRecord "W1"
    {
      Field SlotNumber 1 {25}
      List DefectList
      {
        Columns 6 { int32 DEFECTID, int32 XREL, int32 YREL, int32 XINDEX, int32 YINDEX, int32 CLASSNUMBER }
        Data 2
        {
          1 3500 7250 0 1 10 ;
          2 100000 2000 -1 1
            99 Images 1 { "a.jpg", "JPG" } ;
        }
      }
      Record TestRecord "1"
      {
        List SampleTestPlanList { Columns 2 { int32 XINDEX, int32 YINDEX } Data 2 { 0 0 ; 0 1 ; } }
      }
      Record TestRecord "2"
      {
        List SampleTestPlanList { Columns 2 { int32 XINDEX, int32 YINDEX } Data 2 { 0 1 ; 1 1 ; } }
      }
    }
    Field InspectionStationID 3 {"maker", "model", "AOI-1"}
    Field ResultTimestamp 2 {"01-05-2026", "08:00:00"}
    Field StepID 1 {"AOI_2"}
    List ClassLookupList
    {
      Columns 3 { int32 CLASSNUMBER, string CLASSNAME, string CLASSCODE }
      Data 2 { 0 "Unclassified" ""; 10 "Scratch" "S"; }
    }
  }
}
EndOfFile;
"""


def inspections(text: str | bytes) -> list[InspectionRecorded]:
    data = text if isinstance(text, bytes) else text.encode()
    facts = [event.fact for event in mapping.read(dropped(data), options())]
    return [fact for fact in facts if isinstance(fact, InspectionRecorded)]


def inspection(text: str | bytes) -> InspectionRecorded:
    (found,) = inspections(text)
    return found


def reason(text: str) -> str:
    with pytest.raises(UnreadableMessage) as caught:
        mapping.read(dropped(text.encode()), options())
    return caught.value.reason


@pytest.mark.parametrize(
    ("text", "scratch", "stamp"),
    [(OLD, "10:Scratch; deep, wide", "01-05-26 08:00:00"), (NEW, "10:Scratch", "01-05-2026 08:00:00")],
)
def test_either_version_becomes_one_inspection_with_one_defect_a_row(
    text: str, scratch: str, stamp: str
) -> None:
    registered, inspected = mapping.read(dropped(text.encode()), options())
    assert written(inspected.occurred_at) == "2026-01-05T08:00:00.000Z"
    assert registered.fact == SubstrateRegistered(substrate_id="W1", kind=SubstrateKind.WAFER, lot_id="L1")
    assert inspected.fact == InspectionRecorded(
        inspection_id=f"L1/W1/AOI_2/{stamp}",
        lot_id="L1",
        substrate_id="W1",
        operation="AOI_2",
        kind=InspectionKind.AOI,
        passed=False,
        inspected=3,
        by="AOI-1",
        defects=(
            Defect(code=scratch, quantity=1, x=0, y=1, offset_um=(3.5, 7.25)),
            Defect(code="99", quantity=1, x=-1, y=1, offset_um=(100.0, 2.0)),
        ),
    )


def test_a_wafer_named_after_the_defects_is_not_inspected() -> None:
    assert inspection(OLD.replace("EndOfFile", 'WaferID "W2";\nEndOfFile')).substrate_id == "W1"


def test_a_second_wafer_with_a_defect_list_is_an_inspection_of_its_own() -> None:
    second = "WaferID W2;\nSampleTestPlan 1 0 0;\nDefectList;\nEndOfFile"
    first, other = inspections(OLD.replace("EndOfFile", second))
    assert (first.substrate_id, len(first.defects), first.inspected) == ("W1", 2, 3)
    assert (other.substrate_id, other.defects, other.inspected, other.passed) == ("W2", (), 1, True)
    assert (other.lot_id, other.by) == ("L1", "AOI-1")


def test_a_stamp_that_is_none_leaves_the_clock_to_the_file() -> None:
    (event, *_) = mapping.read(dropped(OLD.replace("01-05-26", "13-45-26").encode()), options())
    assert event.occurred_at == WRITTEN_AT


def test_a_slot_number_is_named_by_its_lot() -> None:
    assert inspection(OLD.replace('WaferID "W1"', "WaferID 05")).substrate_id == "L1-05"


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"FileVersion 1 1;", True),
        (b'\n Record FileRecord "1.8"', True),
        (b"FileVersion", False),
        (b"", False),
    ],
)
def test_a_klarf_file_is_known_by_its_first_statement(head: bytes, *, known: bool) -> None:
    assert client.recognises(head) is known


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FileVersion 1 2;", "it has no EndOfFile"),
        ("FileVersion 1 2; EndOfFile;", "without any defect list"),
        (OLD.replace('WaferID "W1";', ""), "before any WaferID"),
        (OLD.replace("DefectRecordSpec", "Spec"), "before its DefectRecordSpec"),
        (OLD.replace(" XINDEX", " XXX"), "no column XINDEX"),
        (OLD.replace("1e2", "1e999"), "offset_um"),
        (OLD.replace("-1 1 99", "nan 1 99"), "a defect's place is no number"),
        (OLD.replace("-1 1 99", "inf 1 99"), "a defect's place is no number"),
        (OLD.replace("39 1;", "39;"), "an image list is shorter than its count"),
        (OLD.replace("1 1\n 39 1", "1 999999999"), "an image list counts"),
        (OLD.replace(" 0 0\n 2 1e2", " 0 0\n 2;"), "shorter than its DefectRecordSpec"),
        (OLD.replace('"L1"', '"L1'), "a quotation mark is never closed"),
        (OLD.replace('"W1"', '"' + "W" * 129 + '"'), "length <= 128"),
        (OLD.replace('"W1"', '"' + "W" * 10_000_000 + '"'), "one event holds at most"),
        (OLD.replace('"W1"', '""'), "a wafer without a name"),
        (NEW.replace("EndOfFile;", ""), "cut within a record"),
        (NEW.replace("EndOfFile;", "Field;"), "it has no EndOfFile"),
        (NEW.replace("Field SlotNumber", "Feld SlotNumber"), "'FELD' within a record; allowed"),
        (NEW.replace("Data 2", "Date 2", 1), "'DATE' within a list; allowed"),
        ("Record FileRecord { " + "Record x { " * 20, "nested deeper than 16"),
    ],
)
def test_a_hostile_file_says_what_is_wrong_with_it(text: str, words: str) -> None:
    assert words in reason(text)


@pytest.mark.parametrize("text", [OLD, NEW])
def test_a_file_cut_anywhere_is_unreadable(text: str) -> None:
    whole = text[: text.rindex("EndOfFile") + len("EndOfFile") - 1]
    for end in range(len(whole)):
        reason(whole[:end])


def test_a_long_defect_list_is_cut_into_events_that_fit_and_counts_its_dies_once() -> None:
    row = " 1 3.5 7.25 0 1 10 5 0 0\n"
    text = OLD.replace(row, row * 60_000)
    parts = inspections(text)
    assert [part.inspected for part in parts] == [3] + [0] * (len(parts) - 1)
    assert len(parts) > 1
    assert sum(len(part.defects) for part in parts) == 60_001
    assert len({part.inspection_id for part in parts}) == 1
