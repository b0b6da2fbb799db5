from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from connectors.discovery import connector_of
from connectors.drop_folder import DropFolder, Mark
from connectors.dropped_files import RAW_BYTES, watch
from connectors.errors import SourceUnavailable
from connectors.file_drop.connector import CONNECTOR
from connectors.file_format import FileOptions
from connectors.recognition import all_formats
from tests.connectors.stdf.stdf_writer import Part, Writer
from tests.connectors.wafer_map.strip_documents import strip_map
from twin.errors import Conflict, StreamUnavailable
from twin.events.event import Event

STDF = Writer().file(Writer().wafer("W-01", [Part(1, 1)]))


class Desk:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.refused: list[tuple[bytes, str, str]] = []
        self.failure: Exception | None = None

    async def emit(self, events: Sequence[Event]) -> None:
        if self.failure:
            raise self.failure
        self.events += events

    async def refuse(self, raw: bytes, stage: str, reason: str) -> None:
        self.refused.append((raw, stage, reason))


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


def options(folder: Path, **given: Any) -> FileOptions:
    return FileOptions(id="drop-01", state_dir=folder.parent / "state", folder=folder, poll_s=0.01, **given)


@asynccontextmanager
async def watching(folder: Path, desk: Desk, **given: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(watch(options(folder, **given), desk, all_formats()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def kept(folder: Path, shelf: str) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in (folder / shelf).glob("*/*"))


async def test_files_are_known_by_content_and_their_originals_kept(folder: Path) -> None:
    desk = Desk()
    (folder / "results.xml").write_bytes(gzip.compress(STDF))
    (folder / "strip.stdf").write_bytes(strip_map())
    async with watching(folder, desk):
        await until(lambda: len(kept(folder, "archive")) == 2)
    assert sorted({event.type for event in desk.events}) == [
        "SubstrateMapped",
        "SubstrateRegistered",
        "TestResultsRecorded",
    ]
    assert {event.source for event in desk.events} == {"drop-01"}
    assert kept(folder, "archive") == ["results.xml", "strip.stdf"]
    assert [path.name for path in folder.iterdir()] == ["archive"]
    assert desk.refused == []
    (original,) = (folder / "archive").glob("*/*-strip.stdf")
    assert original.read_bytes() == strip_map()


async def test_an_unreadable_file_is_kept_and_its_bytes_refused(folder: Path) -> None:
    desk = Desk()
    (folder / "half.xml").write_bytes(strip_map()[:-30])
    (folder / "letter.txt").write_bytes(b"x" * (RAW_BYTES + 1))
    async with watching(folder, desk):
        await until(lambda: len(kept(folder, "rejected")) == 2)
    assert desk.events == []
    assert kept(folder, "rejected") == ["half.xml", "letter.txt"]
    reasons = {reason.partition(":")[0]: (len(raw), stage, reason) for raw, stage, reason in desk.refused}
    assert reasons["half.xml"][:2] == (len(strip_map()) - 30, "decode")
    assert reasons["half.xml"][2].startswith("half.xml: E142: broken XML")
    assert reasons["letter.txt"][:2] == (RAW_BYTES, "recognise")
    assert "none of the formats read here:" in reasons["letter.txt"][2]


async def test_a_file_is_read_only_when_nobody_writes_it_any_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk()
    document, looks = strip_map(), DropFolder.listing
    pieces = [document[start : start + 100] for start in range(0, len(document), 100)]

    def grows_after_each(look: DropFolder) -> dict[str, Mark]:
        seen = looks(look)
        if pieces:
            with (folder / "strip.xml").open("ab") as writer:
                writer.write(pieces.pop(0))
        return seen

    monkeypatch.setattr(DropFolder, "listing", grows_after_each)
    async with watching(folder, desk):
        await until(lambda: kept(folder, "archive"))
    assert pieces == []
    assert [event.type for event in desk.events] == ["SubstrateRegistered", "SubstrateMapped"]
    assert desk.refused == []


async def test_names_of_unfinished_files_links_and_folders_stay_alone(folder: Path, tmp_path: Path) -> None:
    desk = Desk()
    for name in (".hidden.xml", "a.xml.tmp", "b.PART", "c.xml~", "~d.xml"):
        (folder / name).write_bytes(strip_map())
    (folder / "empty.xml").touch()
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe.xml")
    (tmp_path / "secret.xml").write_bytes(strip_map())
    (folder / "link.xml").symlink_to(tmp_path / "secret.xml")
    (folder / "whole.xml").write_bytes(strip_map(strip_id="WHOLE"))
    async with watching(folder, desk):
        await until(lambda: kept(folder, "archive"))
    assert kept(folder, "archive") == ["whole.xml"]
    assert {event.fact.substrate_id for event in desk.events} == {"WHOLE"}  # type: ignore[attr-defined]
    assert len(list(folder.iterdir())) == 10


async def test_a_finished_rename_is_read(folder: Path) -> None:
    desk = Desk()
    (folder / "a.xml.tmp").write_bytes(strip_map())
    async with watching(folder, desk):
        (folder / "a.xml.tmp").rename(folder / "a.xml")
        await until(lambda: kept(folder, "archive"))
    assert kept(folder, "archive") == ["a.xml"]


async def test_a_file_whose_facts_were_not_stored_stays_and_is_told_again_with_the_same_names(
    folder: Path,
) -> None:
    desk = Desk()
    desk.failure = StreamUnavailable("full")
    (folder / "strip.xml").write_bytes(strip_map())
    with pytest.raises(StreamUnavailable):
        await watch(options(folder), desk, all_formats())
    assert [path.name for path in folder.iterdir()] == ["strip.xml"]
    desk.failure = None
    async with watching(folder, desk):
        await until(lambda: kept(folder, "archive"))
    (folder / "again.xml").write_bytes(strip_map())
    async with watching(folder, desk):
        await until(lambda: len(kept(folder, "archive")) == 2)
    assert [event.event_id for event in desk.events[:2]] == [event.event_id for event in desk.events[2:]]


async def test_a_file_that_contradicts_what_is_known_is_rejected(folder: Path) -> None:
    desk = Desk()
    desk.failure = Conflict("another content", code="event.id_reused")
    (folder / "strip.xml").write_bytes(strip_map())
    async with watching(folder, desk):
        await until(lambda: kept(folder, "rejected"))
    assert [(stage, reason) for _, stage, reason in desk.refused] == [
        ("emit", "strip.xml: event.id_reused: another content")
    ]


async def test_a_file_larger_than_allowed_is_rejected_by_its_head(folder: Path) -> None:
    desk = Desk()
    (folder / "big.xml").write_bytes(strip_map() + b" " * 10_000)
    async with watching(folder, desk, max_bytes=8_000):
        await until(lambda: (folder / "rejected").exists() and list((folder / "rejected").glob("*/*")))
    ((raw, stage, reason),) = desk.refused
    assert (len(raw), stage) == (4096, "size")
    assert reason.endswith("a file holds at most 8000")


async def test_a_name_that_is_no_text_is_no_obstacle(folder: Path) -> None:
    desk = Desk()
    (folder / os.fsdecode(b"bad\xff" + b"n" * 240)).write_bytes(b"nonsense")
    async with watching(folder, desk):
        await until(lambda: list((folder / "rejected").glob("*/*")))
    assert desk.refused[0][2].startswith("bad\\udcffnnn")


async def test_a_missing_folder_is_an_unavailable_source(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="No such file"):
        await watch(options(tmp_path / "nowhere"), Desk(), all_formats())


@pytest.mark.parametrize("kind", ["file_drop", "klarf", "stdf", "wafer_map"])
def test_each_file_connector_is_found_by_its_folder(kind: str) -> None:
    assert issubclass(connector_of(kind).config, FileOptions)


async def test_the_connector_runs_until_it_is_cancelled(folder: Path) -> None:
    desk = Desk()
    config = CONNECTOR.config(id="drop-01", state_dir=folder, folder=folder, poll_s=0.01)
    task = asyncio.ensure_future(CONNECTOR.run(config, desk))
    (folder / "a.xml").write_bytes(strip_map())
    await until(lambda: kept(folder, "archive"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("given", [{"utc_offset": "8"}, {"utc_offset": "+24:00"}, {"equipment_pattern": "("}])
def test_options_that_make_no_sense_are_refused(folder: Path, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        options(folder, **given)
