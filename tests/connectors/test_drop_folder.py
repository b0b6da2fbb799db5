from __future__ import annotations

import os
from pathlib import Path

from connectors.drop_folder import DropFolder


def test_a_file_written_anew_after_it_was_read_is_not_lost(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    (tmp_path / "a.xml").write_bytes(b"first")
    mark = folder.listing()["a.xml"]
    file = folder.read("a.xml", mark, 100)
    assert file is not None
    (tmp_path / "a.xml").write_bytes(b"second one")
    kept = folder.put_away(file, mark, "archive", "2026-01-05")
    assert kept.read_bytes() == b"first"
    assert (tmp_path / "a.xml").read_bytes() == b"second one"


def test_a_file_that_went_after_it_was_read_is_kept_all_the_same(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    (tmp_path / "a.xml").write_bytes(b"first")
    mark = folder.listing()["a.xml"]
    file = folder.read("a.xml", mark, 100)
    assert file is not None
    (tmp_path / "a.xml").unlink()
    assert folder.put_away(file, mark, "archive", "2026-01-05").read_bytes() == b"first"


def test_a_file_that_changed_since_it_was_seen_is_not_read(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    (tmp_path / "a.xml").write_bytes(b"first")
    mark = folder.listing()["a.xml"]
    (tmp_path / "a.xml").write_bytes(b"first and more")
    assert folder.read("a.xml", mark, 100) is None


def test_the_oldest_file_comes_first(tmp_path: Path) -> None:
    for age, name in enumerate(("c", "a", "b")):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, ns=(10**18 + age, 10**18 + age))
    assert list(DropFolder(tmp_path).listing()) == ["c", "a", "b"]
