"""The facts of a file as events: checked, bounded and named by what the file holds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar
from uuid import UUID, uuid5

import msgspec

from connectors.errors import UnreadableMessage
from connectors.file_clock import iso_stamp
from connectors.file_format import DroppedFile, FileOptions
from twin.events.event import Event
from twin.events.fact import Fact
from twin.vocabulary.instants import Instant

UNKNOWN_EQUIPMENT: Final = "UNKNOWN"
"""Stands where a fact must name a machine and neither the file nor the options do."""

PART_BYTES: Final = 3 * 1024 * 1024
"""How much of a long list goes into one event; the twin refuses events over 4 MiB."""

_EVENT_BYTES: Final = 4 * 1024 * 1024 - 4096
_FILES: Final = UUID("5b0d2b0e-6d0f-5a57-9d6b-0f9a52a3b7c4")

Row = TypeVar("Row")


def events_of(
    file: DroppedFile, options: FileOptions, dated_facts: Iterable[tuple[Instant, Fact]]
) -> list[Event]:
    """One event a fact, named by the file's content and its place in the file.

    The same bytes give the same event ids wherever and however often they are dropped; ids of one file
    sort in its own order, so that facts of one instant keep it.

    Raises:
        UnreadableMessage: a fact breaks the contract, for instance by an identifier of 10 MB.
    """
    file_id = uuid5(_FILES, hashlib.sha256(file.data).hexdigest())
    return [
        Event(
            event_id=f"{file_id}-{index:05d}",
            source=options.id,
            occurred_at=occurred_at,
            fact=_checked(fact),
        )
        for index, (occurred_at, fact) in enumerate(dated_facts)
    ]


def in_parts(rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """A long list cut so that each part fits into one event; an empty list is one empty part."""
    encoder = msgspec.json.Encoder()
    part: list[Row] = []
    size = 0
    for row in rows:
        length = len(encoder.encode(row)) + 1
        if part and size + length > PART_BYTES:
            yield tuple(part)
            part, size = [], 0
        part.append(row)
        size += length
    yield tuple(part)


def identifier(text: str | None) -> str | None:
    """A name as the file writes it, without padding; ``None`` when nothing is left."""
    return (text or "").strip(" \t\r\n\x00") or None


def wafer_name(lot_id: str | None, wafer: str) -> str:
    """A wafer's own name; a bare slot number such as ``05`` is made one by its lot: ``LOT-05``."""
    if len(wafer) <= 2 and wafer.isdigit() and lot_id is not None:
        return f"{lot_id}-{int(wafer):02d}"
    return wafer


def run_name(*names: str | None) -> str:
    """Names a test or inspection run by what its header says, within the length of an identifier.

    A cut file and its whole copy so are one run, told by two events.
    """
    name = "/".join((part or "").strip() for part in names)
    if len(name) <= 128 and name.isprintable() and name.strip(" ") == name:
        return name
    return hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()


def equipment_of(file: DroppedFile, options: FileOptions) -> str | None:
    """The machine that the options name, or find in the file name by their pattern."""
    if options.equipment_id is not None:
        return options.equipment_id
    return _from_name(file, options, "equipment_id")


def file_time(file: DroppedFile, options: FileOptions) -> Instant:
    """The file's own clock: the time that the pattern finds in its name, else its last writing."""
    at = _from_name(file, options, "at")
    named = iso_stamp(at, options.utc_offset) if at else None
    return file.modified_at if named is None else named


def dated(content: Instant | None, file: DroppedFile, options: FileOptions) -> Instant:
    """When the file says that it happened, by the clock that the options trust."""
    if content is None or options.clock == "file":
        return file_time(file, options)
    return content


def _from_name(file: DroppedFile, options: FileOptions, group: str) -> str | None:
    if options.equipment_pattern is None:
        return None
    match = re.search(options.equipment_pattern, file.name[:255])
    return identifier(match.groupdict().get(group)) if match else None


def _checked(fact: Fact) -> Fact:
    wire = msgspec.json.encode(fact)
    if len(wire) > _EVENT_BYTES:
        raise UnreadableMessage(
            f"{type(fact).__name__} takes {len(wire)} bytes; one event holds at most {_EVENT_BYTES}"
        )
    try:
        return msgspec.json.decode(wire, type=type(fact))
    except msgspec.ValidationError as error:
        raise UnreadableMessage(f"{type(fact).__name__}: {error}") from error
