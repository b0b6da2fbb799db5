from __future__ import annotations

import pytest

from connectors.klarf import mapping
from tests.connectors.files import options, shared_file
from twin.events.quality import InspectionRecorded

pytestmark = pytest.mark.shared


def inspections(name: str) -> list[InspectionRecorded]:
    facts = [event.fact for event in mapping.read(shared_file("klarf", name), options())]
    return [fact for fact in facts if isinstance(fact, InspectionRecorded)]


@pytest.mark.parametrize("name", ["simple12.klarf", "bad12.klarf"])
def test_one_wafer_with_one_defect(name: str) -> None:
    (found,) = inspections(name)
    assert (found.substrate_id, found.lot_id, found.inspected) == ("aWafer", "aLot", 1)
    assert [(d.code, d.x, d.y, d.offset_um) for d in found.defects] == [
        ("10:Blork", 0, 0, (3500.123, 75000.123))
    ]


def test_thirteen_defects_of_several_lists_whatever_the_summary_says() -> None:
    (found,) = inspections("klarf12DefectListExample.klarf")
    assert len(found.defects) == 13
    assert {defect.code for defect in found.defects} == {"0:Unclassified"}
    assert [(d.x, d.y) for d in found.defects[:4]] == [(1, 12), (1, 12), (1, 12), (1, 11)]


def test_two_wafers_in_nanometres() -> None:
    first, second = inspections("simple18.klarf")
    assert (first.substrate_id, first.inspected, second.substrate_id) == ("FirstWaferId", 9, "SecondWaferId")
    assert [(d.code, d.x, d.y) for d in first.defects] == [
        ("91", 2, 24),
        ("180", -3, 24),
        ("0:Unclassified", -2, -27),
    ]
    assert [(d.code, d.offset_um) for d in second.defects] == [("1:NV", (1155.701, 2494.813))]
