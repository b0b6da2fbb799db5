"""``--export``: an answer as a file, with a manifest beside it that seals it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, BinaryIO, Final, TypeAlias
from urllib.parse import urlencode
from zipfile import ZipFile

import orjson
import typer

from cli.output import say
from cli.service import Service
from cli.waiting import waiting
from twin.errors import Refused
from twin.records.dossier import Language, Subject

ExportTo: TypeAlias = Annotated[
    Path | None,
    typer.Option("--export", help="Write FILE.csv, .xlsx, .json, .pdf, .epcis.json or .zip (all of them)."),
]
ForCustomer: TypeAlias = Annotated[
    str | None, typer.Option("--customer", help="Export only what this customer may see.")
]
InLanguage: TypeAlias = Annotated[Language, typer.Option("--language", help="Of the export's headings.")]
_FORMS: Final = ("epcis.json", "csv", "xlsx", "json", "pdf", "zip")
_MANIFEST: Final = "manifest.json"
_PIECE: Final = 1 << 18


def export(
    service: Service, subject: Subject, question: Mapping[str, Any], target: Path, *, as_json: bool
) -> None:
    """Write the dossier of a question, and say what was written."""
    form = form_of(target)
    query = {name: _spelled(value) for name, value in question.items() if value is not None}
    if form != "zip":
        query["files"] = form
    with TemporaryFile() as package, waiting(f"writing {target.name}"):
        service.download(f"/dossier/{subject.value}.zip?{urlencode(query)}", package)
        package.seek(0)
        written = _kept(package, subject, form, target)
    lines = [f"wrote {row['path']} ({row['bytes']} bytes, sha256 {row['sha256']})" for row in written]
    say("\n".join(lines), {"written": written}, as_json=as_json)


def form_of(target: Path) -> str:
    """Which kind of file a name asks for.

    Raises:
        Refused: ``export.bad_name`` for none of ours.
    """
    for form in _FORMS:
        if target.name.endswith(f".{form}"):
            return form
    raise Refused(
        f"{target.name} names no kind of file of ours; end it in .{', .'.join(_FORMS)}",
        code="export.bad_name",
    )


def _kept(package: BinaryIO, subject: Subject, form: str, target: Path) -> list[dict[str, Any]]:
    if form == "zip":
        _copy(package, target)
        return [_row(target)]
    sidecar = target.with_name(f"{target.name}.{_MANIFEST}")
    with ZipFile(package) as parts:
        manifest = parts.read(_MANIFEST)
        with parts.open(f"{subject.value}.{form}") as part:
            _copy(part, target)
    row = _row(target)
    if row["sha256"] != orjson.loads(manifest)["files"][0]["sha256"]:
        raise Refused(f"{target} is not what the service wrote; ask again", code="export.damaged")
    sidecar.write_bytes(manifest)
    return [row, _row(sidecar)]


def _copy(source: Any, target: Path) -> None:  # noqa: ANN401 - a file, or a part of a ZIP
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, _PIECE)


def _row(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return {"path": str(path), "bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def _spelled(value: object) -> str:
    return orjson.dumps(value).decode() if isinstance(value, dict) else str(value)
