"""``dieloom import``: maps and test files, recognised by what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.output import AsJson, note, say
from cli.service import Service, settings_of
from twin.errors import Refused, TwinError
from twin.vocabulary.roles import Role


def import_files(
    files: Annotated[list[Path], typer.Argument(help="STDF, E142, G85, SINF or KLARF files.")],
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Send files to the running service; exit code 1 when one was not understood."""
    service = Service.of(settings_of(data), Role.INTEGRATION)
    results: list[dict[str, Any]] = []
    for path in files:
        try:
            answer = service.post("/ingest/files?name=" + quote(path.name), _bytes_of(path), _BINARY)
            results.append({"file": str(path), **answer})
            note(f"{path}: accepted {answer['accepted']}, duplicates {answer['duplicates']}")
        except TwinError as error:
            results.append({"file": str(path), "error": {"code": error.code, "message": error.message}})
            note(f"{path}: {error.code}: {error.message}")
    failed = [row for row in results if "error" in row or row["rejected"]]
    say(f"{len(results) - len(failed)} of {len(results)} files imported", {"files": results}, as_json=as_json)
    if failed:
        raise typer.Exit(1)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}", code="file.unreadable") from None


_BINARY = {"content-type": "application/octet-stream"}
