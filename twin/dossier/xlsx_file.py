"""A dossier as a workbook, one sheet a table, written row by row through files on disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import xlsxwriter

from twin.dossier.about import about
from twin.dossier.words import told_in, word
from twin.records.dossier import Dossier, Language, Table
from twin.vocabulary.instants import moment_of

_ROWS_A_SHEET: Final = 1_000_000
_LONGEST_CELL: Final = 32_767
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(dossier: Dossier, language: Language, file: BinaryIO) -> None:
    """Write a sheet for each table; what does not fit on one goes on to a next of the same name."""
    book = xlsxwriter.Workbook(file, _OPTIONS)
    title = word(dossier.head.subject.value, language)
    made = moment_of(dossier.head.known_at).replace(tzinfo=None)
    book.set_properties({"title": title, "created": made})
    bold = book.add_format({"bold": True})
    for table in (about(dossier.head), *dossier.tables):
        _write_table(book, table, language, bold)
    book.close()


def _write_table(book: Any, table: Table, language: Language, bold: Any) -> None:  # noqa: ANN401 - xlsxwriter is not typed
    names = _sheet_names(word(table.name, language))
    sheet, line = None, 0
    for row in table.rows():
        if sheet is None or line > _ROWS_A_SHEET:
            sheet, line = _sheet(book, next(names), table, language, bold), 1
        for column, value in enumerate(told_in(table, row, language)):
            if isinstance(value, str):
                sheet.write_string(line, column, value[:_LONGEST_CELL])
            elif value is not None:
                sheet.write_number(line, column, value)
        line += 1
    if sheet is None:
        _sheet(book, next(names), table, language, bold)


def _sheet(book: Any, name: str, table: Table, language: Language, bold: Any) -> Any:  # noqa: ANN401
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(table.columns) - 1, 24)
    for column, heading in enumerate(table.columns):
        sheet.write_string(0, column, word(heading, language), bold)
    return sheet


def _sheet_names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} {number}"
        number += 1
