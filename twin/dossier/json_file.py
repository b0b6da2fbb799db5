"""A dossier as one JSON document, written row by row."""

from __future__ import annotations

from itertools import islice
from typing import BinaryIO, Final

import msgspec

from twin.dossier.about import head_told
from twin.records.dossier import Dossier, Language, Table

_AT_ONCE: Final = 1_000


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
    """A row a line, many at a time."""
    names, rows, between = table.columns, iter(table.rows()), b"\n"
    encode = msgspec.json.Encoder().encode
    while some := [encode(dict(zip(names, row, strict=True))) for row in islice(rows, _AT_ONCE)]:
        file.write(between + b",\n".join(some))
        between = b",\n"
