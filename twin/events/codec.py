"""Bytes into events and back: the only place that does either."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Final, Protocol

import msgspec
from msgspec import Meta, Raw, Struct

from twin.events.allowed import BLANKS, trimmed
from twin.events.columns import STORED, NoTransfers, TransfersDecoder, filled
from twin.events.doubled_keys import refuse_doubled_keys
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.long_rows import taken_out
from twin.events.moments import WITH_MOMENTS, in_utc
from twin.events.quality import TestResultsRecorded
from twin.events.registry import FACTS
from twin.events.rejection import (
    BAD_JSON,
    BAD_VALUE,
    TOO_LARGE,
    UNKNOWN_TYPE,
    Rejected,
    named_fault,
    number_out_of_range,
    shortened,
)
from twin.events.transfers import PackedTransfers
from twin.vocabulary.identifiers import EventId, SourceId
from twin.vocabulary.instants import Instant, instant_of, written

LARGEST_EVENT: Final = 4 * 1024 * 1024
"""Bytes of one event on the wire."""


class Envelope(Struct, forbid_unknown_fields=True, kw_only=True):
    """An event as it stands on the wire (events.md, envelope)."""

    event_id: EventId
    type: Annotated[str, Meta(description="the name of a fact")]
    source: SourceId
    source_sequence: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    occurred_at: Annotated[str, Meta(description="RFC 3339 with offset")]
    data: Raw


class FactDecoder(Protocol):
    """Reads the facts of one type."""

    def decode(self, data: str | bytes | Raw, /) -> Any:  # noqa: ANN401 - a fact of its type
        """The fact that this JSON tells."""
        ...


class _Wire(Struct, omit_defaults=True, kw_only=True):
    event_id: str
    type: str
    source: str
    source_sequence: int | None = None
    occurred_at: str
    data: Fact


def decode(line: bytes) -> Event:
    """The event that one JSON object from outside tells, checked field by field.

    Raises:
        Rejected: it breaks the contract; the code says how.
    """
    if len(line) > LARGEST_EVENT:
        raise Rejected(
            f"the event has {len(line)} bytes; allowed: {LARGEST_EVENT}",
            code=TOO_LARGE,
            event_id=_readable_id(line),
        )
    try:
        return _decode(line)
    except Rejected as refused:
        refused.event_id = refused.event_id or _readable_id(line)
        raise
    except RecursionError:
        raise Rejected("the event is nested too deep", code=BAD_JSON, event_id=_readable_id(line)) from None
    except UnicodeDecodeError as fault:
        raise Rejected(
            f"the event is not UTF-8: {fault.reason}", code=BAD_JSON, event_id=_readable_id(line)
        ) from None
    except msgspec.DecodeError as fault:
        is_number = "out of range" in str(fault)
        told = number_out_of_range(line) if is_number else Rejected(str(fault), code=BAD_JSON)
        told.event_id = _readable_id(line)
        raise told from None


def stored(payload: bytes, recorded_at: int) -> Event:
    """An event that was checked when it came, as the outbox and the stream keep it."""
    if (taken := taken_out(payload)) is not None:
        with suppress(NoTransfers):  # a list of that name among the values of a test
            return filled(_stored(taken.rest, recorded_at), taken.transfers)
    return _stored(payload, recorded_at)


def encode(event: Event) -> bytes:
    """The event on the wire, in its one canonical form; our own clock is not part of it."""
    return _ENCODER.encode(
        _Wire(
            event_id=event.event_id,
            type=event.type,
            source=event.source,
            source_sequence=event.source_sequence,
            occurred_at=written(event.occurred_at),
            data=_canonical(event.fact),
        )
    )


def content_hash(event: Event) -> str:
    """What two events of one id must share to be the same event: blind to key order, blanks and offsets."""
    return payload_hash(encode(event))


def payload_hash(payload: bytes) -> str:
    """The content hash of an event that stands in its canonical form."""
    return hashlib.sha256(payload).hexdigest()


def fact_json(event: Event) -> str:
    """The fact alone as canonical JSON."""
    return _ENCODER.encode(_canonical(event.fact)).decode()


def hash_and_fact(payload: bytes) -> tuple[str, str]:
    """The content hash of an event in its canonical form, and its fact alone as canonical JSON."""
    return payload_hash(payload), payload[payload.index(_DATA) + len(_DATA) : -1].decode()


def fact_of(type_name: str, data_json: str | bytes) -> Fact:
    """The fact that ``fact_json`` wrote."""
    fact: Fact = _STORED_FACTS[type_name].decode(data_json)
    return fact


def _in_json(value: object) -> Raw:
    if isinstance(value, PackedTransfers):
        return Raw(value.as_json())
    raise TypeError(f"no fact has a {type(value).__name__}")


_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_STRICT_FACTS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(fact) for name, fact in FACTS.items()
}
_FACTS: Final[dict[str, FactDecoder]] = {**_STRICT_FACTS, "DiesTransferred": TransfersDecoder(trusting=False)}
_STORED_FACTS: Final[dict[str, FactDecoder]] = {**_STRICT_FACTS, **STORED}
_ENCODER: Final = msgspec.json.Encoder(order="deterministic", enc_hook=_in_json)
_DATA: Final = b',"data":'
_READABLE_ID: Final = re.compile(rb'"event_id"\s*:\s*"([^"\\]{1,128})"')
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EARLIEST: Final = -62_135_596_800_000
_LATEST: Final = 253_402_300_799_999
_DEEPEST_VALUE: Final = 8


def _decode(line: bytes) -> Event:
    if (taken := taken_out(line)) is not None:
        with suppress(Rejected, msgspec.DecodeError, ValueError):  # told in the words for the whole line
            return filled(_read(taken.rest), taken.transfers)
    return _read(line)


def _read(line: bytes) -> Event:
    try:
        envelope = _ENVELOPE.decode(line)
    except msgspec.ValidationError:
        envelope = _trimmed_envelope(line)
    try:
        fact = _fact(envelope)
        refuse_doubled_keys(line, 5 + (envelope.source_sequence is not None) + _keys_in(fact))
        return _event(envelope, fact, 0)
    except Rejected as refused:
        refused.event_id = envelope.event_id
        raise


def _stored(payload: bytes, recorded_at: int) -> Event:
    envelope = _ENVELOPE.decode(payload)
    return _event(envelope, _STORED_FACTS[envelope.type].decode(envelope.data), recorded_at)


def _event(envelope: Envelope, fact: Fact, recorded_at: int) -> Event:
    return Event(
        event_id=envelope.event_id,
        source=_source(envelope.source),
        occurred_at=_occurred_at(envelope.occurred_at),
        fact=fact,
        source_sequence=envelope.source_sequence,
        recorded_at=Instant(recorded_at),
    )


def _trimmed_envelope(line: bytes) -> Envelope:
    given = trimmed(msgspec.json.decode(line), Envelope)
    if not isinstance(given, dict):
        raise Rejected("an event is a JSON object", code=BAD_JSON)
    try:
        return _ENVELOPE.decode(msgspec.json.encode(given))
    except msgspec.ValidationError as fault:
        raise named_fault(fault, given, Envelope) from None


def _fact(envelope: Envelope) -> Fact:
    decoder = _FACTS.get(envelope.type)
    if decoder is None:
        raise Rejected(
            f"type is {shortened(envelope.type)}; allowed: the types of events.md",
            code=UNKNOWN_TYPE,
            field="type",
        )
    try:
        fact: Fact = decoder.decode(envelope.data)
    except msgspec.ValidationError:
        fact = _trimmed_fact(envelope, decoder)
    if isinstance(fact, TestResultsRecorded):
        _refuse_deep_values(fact)
    try:
        return in_utc(fact) if type(fact) in WITH_MOMENTS else fact
    except OverflowError:
        raise Rejected("data names a time outside the years 1 to 9999", code=BAD_VALUE) from None


def _trimmed_fact(envelope: Envelope, decoder: FactDecoder) -> Fact:
    wanted = FACTS[envelope.type]
    given = trimmed(msgspec.json.decode(envelope.data), wanted)
    try:
        fact: Fact = decoder.decode(msgspec.json.encode(given))
    except msgspec.ValidationError as fault:
        raise named_fault(fault, given, wanted, inside="data") from None
    return fact


def _refuse_deep_values(fact: TestResultsRecorded) -> None:
    for result in fact.results:
        level: list[Any] = list((result.values or {}).values())
        depth = 1
        while level := [
            inner
            for value in level
            if isinstance(value, (list, dict))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]:
            depth += 1
            if depth > _DEEPEST_VALUE:
                raise Rejected("data.results values are nested too deep", code=BAD_VALUE)


def _keys_in(fact: Fact) -> int:
    return _ENCODER.encode(fact).count(b'":')


def _source(given: str) -> str:
    source = given.strip(BLANKS)
    if not source:
        raise Rejected(
            f"source is {shortened(given)}; allowed: a text of 1 to 64 characters",
            code=BAD_VALUE,
            field="source",
        )
    return source


def _occurred_at(given: str) -> Instant:
    try:
        if _RFC3339.fullmatch(given):
            instant = instant_of(datetime.fromisoformat(given.replace("z", "Z")))
            if _EARLIEST <= instant <= _LATEST:
                return instant
    except ValueError:
        pass
    raise Rejected(
        f"occurred_at is {shortened(given)}; allowed: RFC 3339 with offset",
        code=BAD_VALUE,
        field="occurred_at",
    )


def _canonical(fact: Fact) -> Fact:
    return in_utc(fact) if type(fact) in WITH_MOMENTS else fact


def _readable_id(line: bytes) -> str | None:
    found = _READABLE_ID.search(line, 0, 4096)
    return found[1].decode(errors="replace") if found else None
