"""A body of events from another system: the good ones accepted, each bad one told why."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Raw

from twin.errors import Refused
from twin.events.codec import decode, encode
from twin.events.event import Event
from twin.events.rejection import BAD_JSON, ID_REUSED, Rejected
from twin.intake.dead_letters import FILE, INGEST, Refusal
from twin.intake.intake import Intake
from twin.intake.ledger import OutboxRefused
from twin.intake.outbox import Accepted
from twin.intake.verdict import Verdict
from twin.intake.watermark import Watermark

MOST_EVENTS: Final = 160_000
"""Events in one body: more than 16 MiB of the shortest ones there are."""

_AT_ONCE: Final = 200
_BYTES_AT_ONCE: Final = 1 << 20
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
    kept as dead letters, with their bytes. A large body is made durable part by part.

    Raises:
        OutboxRefused: there is no room; send the body again, what was taken becomes a duplicate.
        Refused: there are more than ``MOST_EVENTS``; nothing was taken.
    """
    told = _Told()
    part = _Part()
    for index, raw in enumerate(_events_in(body)):
        if index % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
        part.read(index, raw, body)
        if part.size >= _BYTES_AT_ONCE:
            await part.take(intake, told)
            part = _Part()
    await part.take(intake, told)
    told.rejected.sort(key=lambda one: one[0].index)
    await intake.dead_letters.keep([_letter(one, raw, source) for one, raw in told.rejected])
    return IngestResult(
        accepted=told.verdicts[Verdict.ACCEPTED],
        duplicates=told.verdicts[Verdict.DUPLICATE],
        rejected=tuple(one for one, _ in told.rejected),
        watermark=Watermark(told.reached).encode(),
    )


@dataclass
class _Told:
    """What became of the parts of a body so far."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    rejected: list[tuple[Rejection, bytes]] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)

    def taken(self, part: Accepted) -> None:
        """One more part is durable; what it repeats may stand further on than any later part tells."""
        self.verdicts.update(part.verdicts)
        for place, seq in part.watermark.positions.items():
            self.reached[place] = max(self.reached.get(place, 0), seq)

    def refused(self, refusal: OutboxRefused) -> OutboxRefused:
        """The refusal of one more part: the parts before it were taken."""
        if not self.verdicts:
            return refusal
        taken = f"{self.verdicts.total()} events of the body were taken, the others not; send all of it again"
        return OutboxRefused(f"{taken}; of the others: {refusal.message}", code=refusal.code)


class _Part:
    """Events of a body that are made durable together: a wafer that is understood takes much room."""

    def __init__(self) -> None:
        self.size = 0
        self._places: list[tuple[int, bytes]] = []
        self._events: list[Event] = []
        self._rejected: list[tuple[Rejection, bytes]] = []

    def read(self, index: int, raw: bytes | None, body: bytes) -> None:
        """Understand one more event, or note why not."""
        self.size += len(raw or b"")
        try:
            self._events.append(decode(raw) if raw is not None else _unreadable())
            self._places.append((index, raw or body))
        except Rejected as refused:
            why = Rejection(index, refused.event_id, refused.code, refused.message)
            self._rejected.append((why, raw or body))

    async def take(self, intake: Intake, told: _Told) -> None:
        """Make the events durable, and add to what was told what became of them."""
        try:
            taken = await intake.take(self._events)
        except OutboxRefused as refusal:
            raise told.refused(refusal) from refusal
        for (index, raw), event, verdict in zip(self._places, self._events, taken.verdicts, strict=True):
            if verdict is Verdict.REUSED:
                words = "event_id belongs to another event; allowed: an id never used before"
                self._rejected.append((Rejection(index, event.event_id, ID_REUSED, words), raw))
        told.rejected += self._rejected
        told.taken(taken)


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
