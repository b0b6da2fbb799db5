"""The files that a dossier can become."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import BinaryIO, Final, TypeAlias

from twin.records.dossier import Dossier, Language

Writer: TypeAlias = Callable[[Dossier, Language, BinaryIO], None]


class Format(StrEnum):
    """A kind of file, by the ending of its name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PDF = "pdf"
    EPCIS = "epcis.json"


MEDIA_TYPE: Final = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
    Format.PDF: "application/pdf",
    Format.EPCIS: "application/ld+json",
}
"""What each kind of file is on the wire."""

_WRITTEN_BY: Final = {
    Format.CSV: "csv_file",
    Format.XLSX: "xlsx_file",
    Format.JSON: "json_file",
    Format.PDF: "pdf_file",
    Format.EPCIS: "epcis_file",
}


def writer_of(form: Format) -> Writer:
    """Who writes this kind of file; its library is loaded only now."""
    writer: Writer = import_module(f"twin.dossier.{_WRITTEN_BY[form]}").write
    return writer
