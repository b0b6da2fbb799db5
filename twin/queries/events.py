"""Recorded events, and what does not fit among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import msgspec

from twin.folds.advice import ADVICE
from twin.graph.session import Graph
from twin.queries.cursors import Place
from twin.queries.paging import Listing
from twin.queries.things import Row
from twin.records.event import EventRecord, Finding
from twin.records.recall import LineageFinding
from twin.vocabulary.instants import Instant

FINDINGS: Final[LiteralString] = """
    MATCH (finding:Finding)
    WHERE (finding.found_at < $after_at OR (finding.found_at = $after_at AND finding.finding_id > $after_id))
      AND ($codes IS NULL OR finding.code IN $codes)
      AND ($code_prefix IS NULL OR finding.code STARTS WITH $code_prefix)
      AND ($open IS NULL OR (finding.resolved_at IS NULL) = $open)
      AND ($thing IS NULL OR $thing IN finding.things)
    RETURN finding ORDER BY finding.found_at DESC, finding.finding_id LIMIT $limit
"""

COUNT_FINDINGS: Final[LiteralString] = """
    MATCH (finding:Finding)
    WHERE ($codes IS NULL OR finding.code IN $codes)
      AND ($code_prefix IS NULL OR finding.code STARTS WITH $code_prefix)
      AND ($open IS NULL OR (finding.resolved_at IS NULL) = $open)
      AND ($thing IS NULL OR $thing IN finding.things)
    RETURN count(finding) AS total
"""


@dataclass(frozen=True, slots=True)
class FindingsAsked:
    """What the statement narrows findings by; None narrows nothing."""

    codes: list[str] | None = None
    code_prefix: str | None = None
    open: bool | None = None
    thing: str | None = None

    def parameters(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {name: getattr(self, name) for name in self.__slots__}


def findings(
    graph: Graph, asked: FindingsAsked, keep: Callable[[Finding], bool] | None = None
) -> Listing[Finding]:
    """The findings that were asked for, the latest first."""

    async def fetch(after: Place | None, limit: int) -> list[Finding]:
        moment, finding_id = (2**62, "") if after is None else after
        rows = await graph.read(
            FINDINGS, after_at=moment, after_id=finding_id, limit=limit, **asked.parameters()
        )
        return [finding_of(row["finding"]) for row in rows]

    async def count() -> int:
        return int((await graph.read(COUNT_FINDINGS, **asked.parameters()))[0]["total"])

    return Listing("findings", fetch, lambda row: (row.found_at, row.finding_id), count, keep)


def event_record_of(row: Row) -> EventRecord:
    """The event that a node tells, as a reader sees it."""
    return EventRecord(
        event_id=row["event_id"],
        type=row["type"],
        source=row["source"],
        occurred_at=Instant(row["occurred_at"]),
        recorded_at=Instant(row["recorded_at"]),
        data=msgspec.json.decode(row["data"]),
        voided_by_id=row.get("voided_by"),
    )


def finding_of(row: Row) -> Finding:
    """The finding that a node tells."""
    return Finding(
        finding_id=row["finding_id"],
        code=row["code"],
        message=row.get("message") or "",
        severity=row.get("severity") or "WARNING",
        things=tuple(row.get("things") or ()),
        found_at=Instant(row.get("found_at") or 0),
        resolved_at=row.get("resolved_at"),
        hint=row.get("hint"),
        subject=row.get("subject"),
    )


def finding_shown(found: LineageFinding) -> Finding:
    """A finding of an answer, as the list of findings would show it."""
    things = tuple(str(thing) for thing in found.things)
    return Finding(
        finding_id=f"{found.code}/{found.event_id or ''}/{','.join(things)}",
        code=found.code,
        message=found.message,
        severity=ADVICE[found.code].severity,
        hint=ADVICE[found.code].hint,
        things=things,
        found_at=found.at,
        event_ids=() if found.event_id is None else (found.event_id,),
    )
