"""A dossier as one CSV: a row says in its first column which table it belongs to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import BinaryIO, Final

from twin.dossier.about import about
from twin.records.dossier import Cell, Dossier, Language, Table

_FORMULA: Final = frozenset("=+-@\t\r")


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
        writer.writerows(_lines(table, columns))
    text.flush()
    text.detach()


def _lines(table: Table, columns: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    """The rows below the header of all tables; a column of another table stays empty."""
    given = (*table.columns, "table")
    empty = len(given)
    pick = itemgetter(*(given.index(name) if name in given else empty for name in ("table", *columns)))
    for row in table.rows():
        safe = [f"'{cell}" if cell.__class__ is str and cell[:1] in _FORMULA else cell for cell in row]
        yield pick((*safe, table.name, None))
