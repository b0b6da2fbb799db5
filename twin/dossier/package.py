"""Files of a dossier with their hashes: each alone, or all of them in one ZIP with its manifest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from tempfile import TemporaryFile
from threading import Event
from typing import Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec

from twin.dossier.about import head_told
from twin.dossier.formats import MEDIA_TYPE, Format, writer_of
from twin.errors import Refused
from twin.records.dossier import Dossier, Head, Language, Row, Table

MANIFEST: Final = "manifest.json"
NO_FONT: Final = "dossier.no_font"
_PIECE: Final = 1 << 18
_PACKED_ALREADY: Final = (Format.XLSX, Format.PDF)
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sealed:
    """One written file: its name, its size and what its bytes hash to."""

    name: str
    form: Format
    size: int
    sha256: str


def write_file(dossier: Dossier, form: Format, language: Language, file: BinaryIO) -> Sealed:
    """Write one file, and hash it; the file stands at its start again."""
    writer_of(form)(dossier, language, file)
    file.seek(0)
    digest = hashlib.sha256()
    size = 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return Sealed(_name(dossier, form), form, size, digest.hexdigest())


def write_package(dossier: Dossier, forms: Sequence[Format], language: Language, file: BinaryIO) -> None:
    """Write a ZIP of the files and their manifest; the same answer gives the same bytes.

    A file for which this machine lacks a font is named in the manifest as left out; when it is the only
    one that is wanted, there is no package.

    Raises:
        Refused: ``dossier.no_font``, see above.
    """
    sealed: list[Sealed] = []
    left_out: list[dict[str, str]] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for form in forms:
            try:
                sealed.append(_packed(dossier, form, language, package))
            except Refused as refused:
                if refused.code != NO_FONT or len(forms) == 1:
                    raise
                left_out.append({"name": _name(dossier, form), "code": NO_FONT, "why": refused.message})
        told = {**manifest(dossier.head, sealed), "left_out": left_out}
        package.writestr(ZipInfo(MANIFEST, _NO_TIME), msgspec.json.format(msgspec.json.encode(told)))
    file.seek(0)


def _packed(dossier: Dossier, form: Format, language: Language, package: ZipFile) -> Sealed:
    with TemporaryFile() as part:
        row = write_file(dossier, form, language, part)
        kept = ZipInfo(row.name, _NO_TIME)
        kept.compress_type = ZIP_STORED if form in _PACKED_ALREADY else ZIP_DEFLATED
        with package.open(kept, "w") as target:
            shutil.copyfileobj(part, target, _PIECE)
        return row


def _name(dossier: Dossier, form: Format) -> str:
    return f"{dossier.head.subject.value}.{form.value}"


def manifest(head: Head, files: Sequence[Sealed]) -> dict[str, Any]:
    """What was asked and answered, the hash of each file, and one hash over all of them.

    The one over all is the SHA-256 of the lines that ``sha256sum`` prints for the files, by name.
    """
    ordered = sorted(files, key=lambda row: row.name)
    lines = "".join(f"{row.sha256}  {row.name}\n" for row in ordered)
    told = head_told(head)
    del told["sources"]
    return {
        **told,
        "files": [
            {
                "name": row.name,
                "media_type": MEDIA_TYPE[row.form].partition(";")[0],
                "bytes": row.size,
                "sha256": row.sha256,
            }
            for row in ordered
        ],
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }


def stopped_by(dossier: Dossier, stop: Event) -> Dossier:
    """The same dossier, whose rows end with a refusal once nobody waits for them any more."""
    tables = tuple(replace(table, rows=partial(_while_wanted, table, stop)) for table in dossier.tables)
    return replace(dossier, tables=tables)


def _while_wanted(table: Table, stop: Event) -> Iterator[Row]:
    for row in table.rows():
        if stop.is_set():
            raise Refused("nobody waits for this dossier any more", code="dossier.abandoned")
        yield row
