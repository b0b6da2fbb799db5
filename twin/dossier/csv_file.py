"""A dossier as one CSV: a row says in its first column which table it belongs to."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO, Final

from twin.dossier.about import about
from twin.records.dossier import Cell, Dossier, Language

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write(dossier: Dossier, _language: Language, file: BinaryIO) -> None:
    """Write the tables below one header; column names are the same in every language.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    tables = (about(dossier.head), *dossier.tables)
    columns = list(dict.fromkeys(name for table in tables for name in table.columns))
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(["table", *columns])
    for table in tables:
        places = [columns.index(name) + 1 for name in table.columns]
        for row in table.rows():
            cells: list[Cell] = [table.name, *[None] * len(columns)]
            for place, value in zip(places, row, strict=True):
                cells[place] = _safe(value)
            writer.writerow(cells)
    text.flush()
    text.detach()


def _safe(value: Cell) -> Cell:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
