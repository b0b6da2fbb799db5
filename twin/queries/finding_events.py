"""Which events make the findings that are stored: the subject's events, folded as they count now."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from twin.events.event import Event
from twin.folds.finding_evidence import Suspecting, evidence_of
from twin.folds.live_lot import LiveLot
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.history import histories
from twin.queries.things import things_by_key
from twin.queries.things_at import FOLDS

Asked: TypeAlias = tuple[str, str]
"""A finding: what it is about, as Label:key, and its name."""

_MOST_EVENTS: Final = 20_000
"""A thing that more events name is not read for this: it would take longer than a question may."""


async def finding_events(graph: Graph, findings: Sequence[Asked]) -> dict[Asked, list[str]]:
    """The names of the events that make each finding, in their order; none for a hole in a numbering."""
    subjects: defaultdict[str, set[str]] = defaultdict(set)
    for subject, _ in findings:
        label, _, key = subject.partition(":")
        subjects[label].add(key)
    found: dict[Asked, list[str]] = {
        (subject, finding_id): [subject.removeprefix("Event:")]
        for subject, finding_id in findings
        if subject.startswith("Event:")
    }
    for label, keys in subjects.items():
        if (make := _fold_of(label)) is not None:
            mine = [asked for asked in findings if asked[0].startswith(f"{label}:")]
            found |= await _about(graph, (label, make), sorted(keys), mine)
    return found


def _fold_of(label: str) -> Callable[[str], Suspecting] | None:
    return LiveLot if label == "Lot" else FOLDS.get(label)


async def _about(
    graph: Graph,
    kind: tuple[str, Callable[[str], Suspecting]],
    keys: Sequence[str],
    findings: Sequence[Asked],
) -> dict[Asked, list[str]]:
    label, make = kind
    rows = await things_by_key(graph, label, keys)
    few = [key for key in keys if key in rows and rows[key].get("revision", 0) <= _MOST_EVENTS]
    told = await histories(graph, label, few, LIVE)
    return {
        (subject, finding_id): await made_of(partial(make, key), told[key], finding_id)
        for subject, finding_id in findings
        if (key := subject.partition(":")[2]) in told
    }


async def made_of(fold: Callable[[], Suspecting], events: Sequence[Event], finding_id: str) -> list[str]:
    """The names of the events that make one finding, tried beside the loop: of a busy thing it takes long."""
    found = await asyncio.to_thread(evidence_of, fold, events, finding_id)
    return [event.event_id for event in found]
