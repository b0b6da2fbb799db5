"""An answer ready to be written into files: what was asked, what holds, and its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from twin.events.event import Event
from twin.records.answer import SourceWatermark
from twin.vocabulary.instants import Instant

Cell: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Cell, ...]


class Subject(StrEnum):
    """What a dossier is about."""

    RECALL = "recall"
    TRACE = "trace"


class Language(StrEnum):
    """The languages of headings; codes and keys are never translated."""

    EN = "en"
    ZH_HANT = "zh-Hant"
    ZH_HANS = "zh-Hans"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; ``rows`` makes them anew for each reader, one at a time."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Head:
    """What was asked, at which moments the answer holds, how far the twin had read, and what is left out.

    ``question`` is spelled as the variables of the GraphQL question. ``customer_id`` is set when only
    that customer's things are shown; ``withheld`` then names what is not.
    """

    subject: Subject
    question: Mapping[str, Any]
    as_of: Instant
    known_at: Instant
    watermark: str
    sources: tuple[SourceWatermark, ...]
    complete: bool
    limit_hit: str | None = None
    customer_id: str | None = None
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """One answer; ``events`` are the counted events that its EPCIS document tells, in their order.

    ``runs`` says to which operation run an event belongs.
    """

    head: Head
    tables: tuple[Table, ...]
    events: tuple[Event, ...] = field(repr=False, default=())
    runs: Mapping[str, str] = field(repr=False, default_factory=dict)
