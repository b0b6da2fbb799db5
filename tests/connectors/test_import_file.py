from __future__ import annotations

import gzip

import pytest

from connectors.errors import UnreadableMessage
from connectors.import_file import events_of
from connectors.wafer_map import e142
from tests.connectors.files import WRITTEN_AT, dropped, options
from tests.connectors.stdf.stdf_writer import Part, Writer
from tests.connectors.wafer_map.strip_documents import strip_map

STDF = Writer().file(Writer().part(Part(1, 1)))


@pytest.mark.parametrize(
    ("data", "last"),
    [
        (strip_map(), "SubstrateMapped"),
        (STDF, "TestResultsRecorded"),
        (gzip.compress(STDF), "TestResultsRecorded"),
    ],
)
def test_a_file_is_read_by_what_it_holds(data: bytes, last: str) -> None:
    events = events_of("wrong.name", data, WRITTEN_AT)
    assert (events[-1].type, events[-1].source) == (last, "import")


def test_a_file_gives_the_same_event_ids_by_hand_and_from_a_folder() -> None:
    by_folder = e142.read(dropped(strip_map()), options())
    by_hand = events_of("x", strip_map(), WRITTEN_AT)
    assert [event.event_id for event in by_hand] == [event.event_id for event in by_folder]


@pytest.mark.parametrize("data", [b"", b"\x00", b"hello", b"\xff" * 5000, b"<html/>", gzip.compress(b"x")])
def test_an_unknown_file_is_told_which_formats_are_read(data: bytes) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        events_of("x", data, WRITTEN_AT)
    assert caught.value.reason.startswith("none of the formats read here: ")
    assert "STDF" in caught.value.reason
    assert "E142" in caught.value.reason
