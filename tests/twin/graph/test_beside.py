from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from twin.graph import beside
from twin.graph.beside import begun, complete, swap

FILE = "databases"


def folders(tmp_path: Path) -> dict[str, str]:
    return {path.name: (path / FILE).read_text() for path in sorted(tmp_path.iterdir()) if path.is_dir()}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / FILE).write_text("old")
    return tmp_path


async def built(data_dir: Path) -> None:
    (await begun(data_dir) / FILE).write_text("new")
    complete(data_dir)


async def test_a_complete_graph_takes_the_place_of_the_present_one(data_dir: Path) -> None:
    await built(data_dir)
    assert folders(data_dir) == {"graph": "old", "graph.next": "new"}
    assert await swap(data_dir) is True
    assert folders(data_dir) == {"graph": "new"}
    assert await swap(data_dir) is False
    assert folders(data_dir) == {"graph": "new"}


async def test_an_incomplete_graph_changes_nothing_and_is_begun_anew(data_dir: Path) -> None:
    (await begun(data_dir) / FILE).write_text("half")
    assert await swap(data_dir) is False
    assert folders(data_dir)["graph"] == "old"
    assert list((await begun(data_dir)).iterdir()) == []


async def test_a_first_start_has_nothing_to_swap(tmp_path: Path) -> None:
    assert await swap(tmp_path) is False
    assert list(tmp_path.iterdir()) == []


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", range(1, 8))
async def test_a_crash_at_any_step_leaves_the_old_or_the_new_graph_and_the_next_start_ends_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    await built(data_dir)
    done = 0

    def killing(real: object) -> object:
        def act(*values: object, **named: object) -> object:
            nonlocal done
            done += 1
            if done == step:
                raise Killed
            assert callable(real)
            return real(*values, **named)

        return act

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killing(Path.replace))
        patched.setattr(Path, "unlink", killing(Path.unlink))
        patched.setattr(beside, "_sync", killing(beside._sync))
        patched.setattr(shutil, "rmtree", killing(shutil.rmtree))
        try:
            await swap(data_dir)
        except Killed:
            died = True
        else:
            died = False
    assert died == (step <= STEPS)
    assert "new" in folders(data_dir).values()
    await swap(data_dir)
    assert folders(data_dir) == {"graph": "new"}


STEPS = 6
"""Remove what a former swap left, two renames, a sync, the mark, the old folder."""
