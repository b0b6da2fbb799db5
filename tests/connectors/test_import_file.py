from __future__ import annotations

import gzip
import re
from pathlib import Path
from random import Random

import pytest

from connectors.errors import UnreadableMessage
from connectors.file_format import FileOptions
from connectors.import_file import events_of
from connectors.instances import instances
from connectors.wafer_map import e142
from tests.connectors.files import WRITTEN_AT, dropped, options
from tests.connectors.klarf.test_mapping import NEW, OLD
from tests.connectors.stdf.stdf_writer import Part, Writer
from tests.connectors.wafer_map.strip_documents import device_ids, strip_map, transfer_map
from tests.connectors.wafer_map.test_g85 import wafer_map
from tests.connectors.wafer_map.test_sinf import TEXT

STDF = Writer().file(Writer().part(Part(1, 1)))
STRIP = strip_map(overlays=transfer_map((1, 2, 0, 0)) + device_ids("DeviceIdMap", (0, 0, "U1")))
WHOLE = (STRIP, STDF, gzip.compress(STDF, mtime=0), wafer_map(), TEXT.encode(), OLD.encode(), NEW.encode())


@pytest.mark.parametrize(
    ("data", "last"),
    [
        (strip_map(), "SubstrateMapped"),
        (STDF, "TestResultsRecorded"),
        (gzip.compress(STDF, mtime=0), "TestResultsRecorded"),
    ],
)
def test_a_file_is_read_by_what_it_holds(data: bytes, last: str) -> None:
    events = events_of("wrong.name", data, WRITTEN_AT)
    assert (events[-1].type, events[-1].source) == (last, "import")


def test_a_file_gives_the_same_event_ids_by_hand_and_from_a_folder() -> None:
    by_folder = e142.read(dropped(strip_map()), options())
    by_hand = events_of("x", strip_map(), WRITTEN_AT)
    assert [event.event_id for event in by_hand] == [event.event_id for event in by_folder]


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"hello", b"\xff" * 5000, b"<html/>", gzip.compress(b"x", mtime=0)]
)
def test_an_unknown_file_is_told_which_formats_are_read(data: bytes) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        events_of("x", data, WRITTEN_AT)
    assert caught.value.reason.startswith("none of the formats read here: ")
    assert "STDF" in caught.value.reason
    assert "E142" in caught.value.reason


def test_the_example_of_the_how_to_page_is_accepted(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "read-files.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "factory.yaml"
    file.write_text(block, encoding="utf-8")
    assert [instance.kind for instance in instances(file, tmp_path)] == ["wafer_map", "stdf", "file_drop"]
    options_told = re.findall(r"^\| `(\w+)` \| .*? \|", page.partition("| Option")[2], re.MULTILINE)
    assert sorted(options_told) == sorted(set(FileOptions.__struct_fields__) - {"id", "state_dir"})


def test_no_damaged_file_breaks_its_reader() -> None:
    chance = Random(7)
    for turn in range(3_000):
        data = bytearray(WHOLE[turn % len(WHOLE)])
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 1, 50))] = chance.randbytes(chance.choice((0, 1, 1, 5)))
        try:
            assert events_of("x", bytes(data), WRITTEN_AT) != []
        except UnreadableMessage as unreadable:
            assert "the reader failed" not in unreadable.reason  # noqa: PT017
