"""A body of events from another system: the good ones accepted, each bad one told why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Raw

from twin.errors import Refused
from twin.events.codec import decode, encode
from twin.events.event import Event
from twin.events.rejection import BAD_JSON, ID_REUSED, Rejected
from twin.intake.dead_letters import FILE, INGEST, Refusal
from twin.intake.intake import Intake
from twin.intake.ledger import Verdict

MOST_EVENTS: Final = 160_000
"""Events in one body: more than 16 MiB of the shortest ones there are."""

_AT_ONCE: Final = 200
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"


@dataclass(frozen=True)
class Rejection:
    """One event that was not taken: its place in the body, its id where readable, and why."""

    index: int
    event_id: str | None
    code: str
    message: str


@dataclass(frozen=True)
class IngestResult:
    """What became of a body (interface.md section 3)."""

    accepted: int
    duplicates: int
    rejected: tuple[Rejection, ...]
    watermark: str


async def ingest(body: bytes, intake: Intake, source: str = "http") -> IngestResult:
    """Take NDJSON or a JSON array of events; returns once every accepted one is durable.

    Blank lines do not count. One object written over several lines is one event. Rejected events are
    kept as dead letters, with their bytes.

    Raises:
        OutboxRefused: there is no room; send the body again, what was taken becomes a duplicate.
        Refused: there are more than ``MOST_EVENTS``; nothing was taken.
    """
    places: list[tuple[int, bytes]] = []
    events: list[Event] = []
    rejected: list[tuple[Rejection, bytes]] = []
    for index, raw in enumerate(_events_in(body)):
        if index % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
        try:
            events.append(decode(raw) if raw is not None else _unreadable())
            places.append((index, raw or body))
        except Rejected as refused:
            told = Rejection(index, refused.event_id, refused.code, refused.message)
            rejected.append((told, raw or body))
    taken = await intake.take(events)
    for (index, raw), event, verdict in zip(places, events, taken.verdicts, strict=True):
        if verdict is Verdict.REUSED:
            words = "event_id belongs to another event; allowed: an id never used before"
            rejected.append((Rejection(index, event.event_id, ID_REUSED, words), raw))
    rejected.sort(key=lambda one: one[0].index)
    await intake.dead_letters.keep([_letter(told, raw, source) for told, raw in rejected])
    return IngestResult(
        accepted=taken.verdicts.count(Verdict.ACCEPTED),
        duplicates=taken.verdicts.count(Verdict.DUPLICATE),
        rejected=tuple(told for told, _ in rejected),
        watermark=taken.watermark.encode(),
    )


async def ingest_file(
    read: Callable[[], Sequence[Event]], raw: bytes, intake: Intake, source: str
) -> IngestResult:
    """Take the facts that a file states; one that cannot be read is kept whole as a dead letter.

    Raises:
        OutboxRefused: there is no room; send the file again.
        Refused: ``read`` refuses the file.
    """
    try:
        events = await asyncio.to_thread(read)
    except Refused as refused:
        letter = Refusal(stage=FILE, source=source, code=refused.code, message=refused.message, raw=raw)
        await intake.dead_letters.keep([letter])
        raise
    return await ingest(b"\n".join(map(encode, events)), intake, source)


def _letter(told: Rejection, raw: bytes, source: str) -> Refusal:
    return Refusal(
        stage=INGEST, source=source, code=told.code, message=told.message, raw=raw, event_id=told.event_id
    )


def _events_in(body: bytes) -> Iterator[bytes | None]:
    """Each event's bytes; ``None`` for a body that is no list and of which nothing can be told apart."""
    body = body.removeprefix(_BYTE_ORDER_MARK).strip(_BLANKS)
    if body.startswith(b"["):
        yield from _items(body)
        return
    if _is_one_object(body):
        yield body
        return
    if body.count(b"\n") >= MOST_EVENTS:
        raise _too_many()
    start = 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        if line := body[start:end].strip(_BLANKS):
            yield line
        start = end + 1


def _is_one_object(body: bytes) -> bool:
    """Whether the body is one event written over several lines, as people write JSON."""
    first, _, more = body.partition(b"\n")
    if not more or not first.startswith(b"{") or first.rstrip(_BLANKS).endswith(b"}"):
        return False
    try:
        _ONE.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def _items(body: bytes) -> Iterator[bytes | None]:
    try:
        items = _ARRAY.decode(body)
    except msgspec.ValidationError:
        raise _too_many() from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        yield None
        return
    for item in items:
        yield bytes(item)


def _too_many() -> Refused:
    return Refused(
        f"the body has more than {MOST_EVENTS} lines or entries; send less at once", code="request.too_large"
    )


def _unreadable() -> Event:
    raise Rejected("the body is no JSON array of events", code=BAD_JSON)


_ARRAY: Final = msgspec.json.Decoder(Annotated[list[Raw], Meta(max_length=MOST_EVENTS)])
_ONE: Final = msgspec.json.Decoder(dict[str, Raw])
