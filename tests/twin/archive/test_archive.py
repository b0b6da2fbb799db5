from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from twin.archive.archive import Archive, ArchiveInUse
from twin.archive.lines import Row
from twin.archive.segment import SegmentBroken

SEED = 20261122


def row(seq: int) -> Row:
    return Row(seq, seq % 4, 1_000 + seq, b'{"event_id":"e-%d","text":"%s"}' % (seq, b"x" * (seq % 50)))


def rows(first: int, last: int) -> list[Row]:
    return [row(seq) for seq in range(first, last + 1)]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive", "box")
    (tmp_path / "archive").mkdir()
    archive.open_to_write(0)
    yield archive
    archive.close()


@pytest.fixture
def three(archive: Archive) -> Archive:
    for first in (1, 3_001, 3_011):
        archive.append(rows(first, {1: 3_000, 3_001: 3_010, 3_011: 4_000}[first]))
    return archive


def test_what_was_archived_is_read_from_any_place(three: Archive) -> None:
    assert list(three.rows(0)) == rows(1, 4_000)
    for after in (1, 1_999, 2_000, 2_999, 3_000, 3_010, 3_999):
        assert list(three.rows(after)) == rows(after + 1, 4_000)
    assert list(three.rows(4_000)) == []
    assert three.verify(4_000) == 4_000


def test_any_zstd_program_reads_a_segment(three: Archive) -> None:
    path = three.places()[1].path
    with zstandard.ZstdDecompressor().stream_reader(
        path.open("rb"), read_across_frames=True, closefd=True
    ) as reader:
        lines = reader.read().splitlines()
    assert len(lines) == 10
    assert lines[0] == b'{"seq":3001,"shard":1,"recorded_at":4001,"event":' + row(3_001).payload + b"}"


def test_a_damaged_row_keeps_its_bytes_and_the_hash_it_should_have(archive: Archive) -> None:
    damaged = Row(1, 0, 5, b"\x00 no event \n at all", "e-1", "ab" * 32)
    archive.append([damaged, row(2)])
    assert list(archive.rows(0)) == [damaged, row(2)]


def test_every_flipped_byte_and_every_cut_is_found_and_named(three: Archive) -> None:
    dice = random.Random(SEED)
    for place in three.places():
        whole = place.path.read_bytes()
        spots = [0, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(40))]
        for spot in spots:
            place.path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
            with pytest.raises(SegmentBroken, match=place.path.name):
                three.verify()
            place.path.write_bytes(whole[:spot])
            with pytest.raises(SegmentBroken, match=place.path.name):
                three.verify()
        place.path.write_bytes(whole)
    assert three.verify() == 4_000


def test_a_missing_segment_is_found_wherever_it_was(three: Archive) -> None:
    first, middle, last = (place.path for place in three.places())
    for path, number in ((first, 1), (middle, 2)):
        moved = path.rename(path.with_suffix(".gone"))
        with pytest.raises(SegmentBroken, match=f"segment {number} is missing"):
            three.verify()
        moved.rename(path)
    last.unlink()
    with pytest.raises(SegmentBroken, match="ends at place 3010, but the outbox was trimmed up to 3011"):
        three.verify(3_011)


def test_a_segment_of_another_chain_does_not_pass(three: Archive, tmp_path: Path) -> None:
    other = Archive(tmp_path / "archive", "other")
    other.open_to_write(0)
    other.append(rows(1, 3_000))
    other.close()
    other.places()[0].path.replace(three.places()[0].path)
    with pytest.raises(SegmentBroken, match="does not follow"):
        three.verify()


def test_a_torn_last_segment_is_written_again_while_its_rows_wait(three: Archive, tmp_path: Path) -> None:
    three.close()
    torn = three.places()[2].path
    torn.write_bytes(torn.read_bytes()[:-7])
    (three.folder / "0000000004-0000000000004001.part").write_bytes(b"begun")

    again = Archive(tmp_path / "archive", "box")
    again.open_to_write(3_010)
    assert again.last == 3_010
    again.append(rows(3_011, 3_500))
    again.close()
    assert list(again.rows(0)) == rows(1, 3_500)
    assert again.verify(3_500) == 3_500
    assert [place.path.name for place in again.places()] == sorted(
        path.name for path in again.folder.glob("*.*")
    )


@pytest.mark.parametrize("trimmed", [3_011, 4_000])
def test_a_torn_last_segment_whose_rows_are_gone_is_an_alarm_and_stays(
    three: Archive, tmp_path: Path, trimmed: int
) -> None:
    three.close()
    torn = three.places()[2].path
    torn.write_bytes(torn.read_bytes()[:-7])
    with pytest.raises(SegmentBroken, match=torn.name):
        Archive(tmp_path / "archive", "box").open_to_write(trimmed)
    assert torn.exists()


def test_a_torn_older_segment_is_an_alarm_and_stays(three: Archive, tmp_path: Path) -> None:
    three.close()
    torn = three.places()[1].path
    torn.write_bytes(torn.read_bytes()[:-7])
    with pytest.raises(SegmentBroken, match=torn.name):
        Archive(tmp_path / "archive", "box").open_to_write(0)
    assert len(three.places()) == 3


def test_one_writer_at_a_time(three: Archive, tmp_path: Path) -> None:
    other = Archive(tmp_path / "archive", "box")
    with pytest.raises(ArchiveInUse):
        other.open_to_write(0)
    three.close()
    other.open_to_write(0)
    other.close()


def test_a_full_disk_leaves_the_chain_as_it_was(three: Archive, tmp_path: Path) -> None:
    three.close()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "archive")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["OSError", "4000", "4002"]
    assert three.verify() == 4_002
    assert len(three.places()) == 4


LIMITED = """
import random, resource, signal, sys
from pathlib import Path
from twin.archive.archive import Archive
from twin.archive.lines import Row

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
archive = Archive(Path(sys.argv[1]), "box")
archive.open_to_write(0)
dice = random.Random(1)
rows = [Row(4001 + n, 0, 9_000, b'"' + dice.randbytes(20_000).hex().encode() + b'"') for n in range(50)]
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, most))
try:
    archive.append(rows)
except OSError:
    print("OSError", archive.last)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
archive.append(rows[:2])
print(archive.last)
archive.close()
"""
