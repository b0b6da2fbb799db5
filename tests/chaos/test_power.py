from __future__ import annotations

from pathlib import Path

from tests.chaos.power import undo, unsynced

LOG = """\
7 pwrite64(5</d/x-wal>, ""..., 24, 0) = 24
7 pwrite64(5</d/x-wal>, ""..., 100, 24) = 100
7 fdatasync(5</d/x-wal>) = 0
8 pwrite64(6</d/y>, ""..., 4096, 0) = 4096
7 pwrite64(5</d/x-wal>, ""..., 100, 124) = 100
7 fdatasync(5</d/x-wal> <unfinished ...>
8 write(1</d/log>, ""..., 10) = 10
9 pwrite64(5</d/x-wal>, ""..., 50, 224) = 50
7 <... fdatasync resumed>) = 0
7 pwrite64(5</d/x-wal>, ""..., 60, 0) = 60
7 fdatasync(5</d/x-wal> <unfinished ...>
"""


def test_only_what_no_finished_sync_covers_is_taken_off_the_disk(tmp_path: Path) -> None:
    ranges = unsynced(LOG, Path("/d/x-wal"))
    assert ranges == [(224, 50), (0, 60)]

    file = tmp_path / "x-wal"
    file.write_bytes(b"a" * 274)
    assert undo(file, ranges) == 110
    assert file.read_bytes() == bytes(60) + b"a" * 164


def test_what_was_appended_after_the_last_sync_is_cut_off(tmp_path: Path) -> None:
    calls = """\
3 write(9</d/log.aof>, ""..., 30) = 30
3 fdatasync(9</d/log.aof>) = 0
3 write(9</d/log.aof>, ""..., 12) = 12
3 write(7<socket:[1]>, ""..., 99) = 99
3 write(9</d/log.aof>, ""..., 8 <unfinished ...>
"""
    file = tmp_path / "log.aof"
    file.write_bytes(b"a" * 50)
    assert undo(file, unsynced(calls, Path("/d/log.aof"))) == 20
    assert file.read_bytes() == b"a" * 30
