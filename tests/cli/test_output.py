from __future__ import annotations

import io
import sys

import pytest
from rich.table import Table

from cli.output import show

KEY = "MATERIAL_LOT:" + "AG-PASTE-01-02-" * 12


def table() -> Table:
    made = Table("level", "key", "until")
    made.add_row("1", KEY, "2026-11-23T06:45:07.061Z")
    return made


def printed(monkeypatch: pytest.MonkeyPatch) -> str:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    show(table())
    return out.getvalue()


def test_a_table_for_a_pipe_keeps_each_row_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (row,) = [line for line in printed(monkeypatch).splitlines() if "AG-PASTE" in line]
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["1", KEY, "2026-11-23T06:45:07.061Z"]


def test_a_table_for_a_narrow_terminal_cuts_nothing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    shown = printed(monkeypatch)
    assert "…" not in shown
    cells = [line.split("│") for line in shown.splitlines() if line.startswith("│")]
    assert "".join(cell[2].strip() for cell in cells) == KEY
