"""``dieloom archive``: the sealed files behind the outbox, and whether they are still what was sealed."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from cli.output import AsJson, say
from cli.service import settings_of
from twin.archive.archive import Archive
from twin.archive.segment import SegmentBroken, opened
from twin.intake.kept import KeptOutbox
from twin.vocabulary.instants import Instant, written

app: Final = typer.Typer(no_args_is_help=True, help="Old events, in sealed files that name each other.")
_WORDS: Final = "{file}  {first}-{last}  {rows} events  until {until}  {bytes} bytes"
Data: TypeAlias = Annotated[Path | None, typer.Option(help="The deployment's data directory.")]


@app.command("list")
def list_segments(data: Data = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """List the segments of every outbox, oldest first."""
    rows = [_row(archive, place.path) for archive, _ in _archives(data) for place in archive.places()]
    words = "\n".join(
        "{file}  {first}-{last}  {rows} events  until {until}  {bytes} bytes".format(**row) for row in rows
    )
    say(words or "no segments", {"segments": rows}, as_json=as_json)


@app.command("verify")
def verify_segments(data: Data = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Hold every byte of every segment against its seal and the chain; exit code 1 names the first broken."""
    found = [_verified(archive, trimmed) for archive, trimmed in _archives(data)]
    words = "\n".join("{outbox}: {state}".format(**row) for row in found)
    say(words or "no archive", {"archives": found}, as_json=as_json)
    if any(row["broken"] for row in found):
        raise typer.Exit(1)


def _verified(archive: Archive, trimmed: int) -> dict[str, Any]:
    try:
        last = archive.verify(trimmed)
    except SegmentBroken as fault:
        return {
            "outbox": archive.outbox,
            "broken": fault.message,
            "last": None,
            "state": f"BROKEN: {fault.message}",
        }
    words = f"sound, {len(archive.places())} segments up to place {last}"
    return {"outbox": archive.outbox, "broken": None, "last": last, "state": words}


def _row(archive: Archive, path: Path) -> dict[str, Any]:
    index = opened(path).index
    return {
        "file": f"{archive.outbox}/{path.name}",
        "first": index.first,
        "last": index.last,
        "rows": index.rows,
        "until": written(Instant(index.recorded_to)),
        "bytes": path.stat().st_size,
    }


def _archives(data: Path | None) -> list[tuple[Archive, int]]:
    """Every archive with the place up to which its outbox, if that is here, was trimmed."""
    data_dir = settings_of(data).data_dir
    folder = data_dir / "archive"
    trimmed = {path.name: 0 for path in folder.glob("*") if path.is_dir()}
    with ExitStack() as stack:
        for path in data_dir.glob("outbox/outbox*.sqlite"):
            kept = KeptOutbox(path)
            stack.callback(kept.close)
            trimmed[kept.outbox_id] = kept.trimmed()
    return [(Archive(folder, outbox), place) for outbox, place in sorted(trimmed.items())]
