"""A dossier as one JSON document, written row by row."""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from twin.dossier.about import head_told
from twin.records.dossier import Dossier, Language, Table


def write(dossier: Dossier, _language: Language, file: BinaryIO) -> None:
    """Write the head's fields, then ``tables``: for each its rows as objects."""
    head = msgspec.json.encode(head_told(dossier.head))
    file.write(head[:-1] + b',"tables":{')
    for number, table in enumerate(dossier.tables):
        file.write((b"," if number else b"") + msgspec.json.encode(table.name) + b":[")
        _write_rows(table, file)
        file.write(b"]")
    file.write(b"}}\n")


def _write_rows(table: Table, file: BinaryIO) -> None:
    names = table.columns
    for number, row in enumerate(table.rows()):
        told = msgspec.json.encode(dict(zip(names, row, strict=True)))
        file.write(b",\n" + told if number else b"\n" + told)
