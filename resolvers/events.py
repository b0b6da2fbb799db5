"""Recorded events, findings, and how far the twin has read."""

from __future__ import annotations

from collections.abc import Sequence

from strawberry import Parent

from resolvers import filters
from resolvers.asking import Info
from resolvers.inputs import FindingFilter
from twin.queries import events as listed
from twin.queries.clocks import LIVE
from twin.queries.paging import page, size
from twin.queries.watermark import watermark as read_watermark
from twin.records.answer import Watermark
from twin.records.event import EventRecord, Finding
from twin.records.page import Cursor, Page


async def find(info: Info, event_id: str) -> EventRecord | None:
    """One recorded event by its name; null when it was never recorded."""
    return await info.context.loaders.events.load((event_id, LIVE))


async def findings(
    info: Info,
    filter: FindingFilter | None = None,  # noqa: A002 - the argument's name in the schema
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[Finding]:
    """The findings that a filter keeps, the latest first."""
    listing = listed.findings(info.context.graph, filters.findings_asked(filter))
    return await page(listing, size(first), after)


async def watermark(info: Info) -> Watermark:
    """How far the twin has read, and each source."""
    return await read_watermark(info.context.graph)


async def finding_events(root: Parent[Finding], info: Info) -> list[EventRecord]:
    """The events that make it, in their order; none when it is settled, or is about a hole in a numbering."""
    names: Sequence[str] = root.event_ids
    if not names and root.subject is not None and root.resolved_at is None:
        names = await info.context.loaders.finding_events.load((root.subject, root.finding_id))
    found = await info.context.loaders.events.load_many([(name, LIVE) for name in names])
    return [event for event in found if event is not None]


async def voided_by(root: Parent[EventRecord], info: Info) -> EventRecord | None:
    """The event that took it out again; null while it counts."""
    if root.voided_by_id is None:
        return None
    return await info.context.loaders.events.load((root.voided_by_id, LIVE))
