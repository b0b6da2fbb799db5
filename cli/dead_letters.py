"""``dieloom dead-letters``: what could not become part of the twin, and trying it again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from cli.output import AsJson, say
from cli.service import Service, settings_of
from twin.errors import Refused
from twin.intake.dead_letters import DeadLetter, DeadLetters
from twin.vocabulary.instants import written
from twin.vocabulary.roles import Role

app: Final = typer.Typer(no_args_is_help=True, help="What was refused, with its bytes and the reason.")
Data: TypeAlias = Annotated[Path | None, typer.Option(help="The deployment's data directory.")]
Number: TypeAlias = Annotated[int, typer.Argument(help="The letter's number.")]


@app.command("list")
def list_letters(
    data: Data = None,
    first: Annotated[int, typer.Option(min=1, max=500)] = 50,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """List the letters that wait, oldest first."""
    letters = asyncio.run(_store(data).waiting(first=first))
    rows = [_row(letter) for letter in letters]
    words = "\n".join("{id}  {at}  {source}  {stage}  {code}  {message}".format(**row) for row in rows)
    say(words or "no dead letters", {"letters": rows}, as_json=as_json)


@app.command("show")
def show_letter(number: Number, data: Data = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Show one letter with its bytes."""
    letter = asyncio.run(_store(data).show(number))
    raw = letter.raw.decode("utf-8", "backslashreplace")
    say(f"{letter.code}: {letter.message}\n{raw}", {**_row(letter), "raw": raw}, as_json=as_json)


@app.command("requeue")
def requeue_letter(number: Number, data: Data = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Send one letter's event again; the service must run. Doing so twice changes nothing more."""
    service = Service.of(settings_of(data), Role.INTEGRATION)

    async def again(letter: DeadLetter) -> None:
        answer = service.post("/ingest/events", letter.raw, {"content-type": "application/x-ndjson"})
        for row in answer["rejected"]:
            raise Refused(row["message"], code=row["code"])

    letter = asyncio.run(_store(data).requeue(number, again))
    say(f"letter {number} was sent again", _row(letter), as_json=as_json)


def _store(data: Path | None) -> DeadLetters:
    return DeadLetters(settings_of(data).data_dir / "outbox/dead-letters.sqlite")


def _row(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.letter_id,
        "at": written(letter.last_at),
        "source": letter.source,
        "stage": letter.stage,
        "code": letter.code,
        "message": letter.message,
        "event_id": letter.event_id,
        "attempts": letter.attempts,
    }
