"""``dieloom ingest``: events from a file or standard input, through the durable path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer
from rich.console import Console
from rich.progress import Progress

from cli.output import AsJson, note, say
from cli.service import Service, settings_of
from twin.errors import Refused
from twin.events.codec import LARGEST_EVENT
from twin.intake.watermark import Watermark
from twin.vocabulary.roles import Role

_LINES: Final = 2_000
_BYTES: Final = 12 * 1024 * 1024
_LONGEST: Final = LARGEST_EVENT + 2


def ingest(
    file: Annotated[str, typer.Argument(help="A file of events, one a line (NDJSON), or - for stdin.")],
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Send events to the running service; exit code 1 when one of them was rejected."""
    service = Service.of(settings_of(data), Role.INTEGRATION)
    total: dict[str, Any] = {"accepted": 0, "duplicates": 0, "rejected": [], "watermark": None}
    with ExitStack() as open_things:
        source, size = _opened(file, open_things)
        bar = open_things.enter_context(Progress(console=Console(stderr=True), transient=True))
        task = bar.add_task("ingest", total=size)
        first = 0
        for batch in _batches(source):
            answer = service.post("/ingest/events", b"".join(batch), {"content-type": "application/x-ndjson"})
            _add(total, answer, first)
            first += len(batch)
            bar.advance(task, sum(map(len, batch)))
    for row in total["rejected"][:20]:
        note(f"line {row['index'] + 1}: {row['code']}: {row['message']}")
    words = "accepted {accepted}, duplicates {duplicates}, rejected ".format(**total) + str(
        len(total["rejected"])
    )
    say(words, total, as_json=as_json)
    if total["rejected"]:
        raise typer.Exit(1)


def _opened(file: str, open_things: ExitStack) -> tuple[BinaryIO, int | None]:
    if file == "-":
        return sys.stdin.buffer, None
    path = Path(file)
    try:
        return open_things.enter_context(path.open("rb")), path.stat().st_size
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}", code="file.unreadable") from None


def _batches(source: BinaryIO) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in _lines(source):
        if batch and (len(batch) >= _LINES or size + len(line) > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines; one that is no event anyway is cut, so that a file without line ends fits in memory."""
    while line := source.readline(_LONGEST):
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = source.readline(_LONGEST)
            line += b"\n"
        yield line


def _add(total: dict[str, Any], answer: dict[str, Any], first: int) -> None:
    total["accepted"] += answer["accepted"]
    total["duplicates"] += answer["duplicates"]
    total["rejected"] += [{**row, "index": row["index"] + first} for row in answer["rejected"]]
    reached = Watermark.decode(total["watermark"]).positions if total["watermark"] else {}
    reached |= {
        place: max(seq, reached.get(place, 0))
        for place, seq in Watermark.decode(answer["watermark"]).positions.items()
    }
    total["watermark"] = Watermark(reached).encode()
