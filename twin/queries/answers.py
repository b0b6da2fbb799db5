"""What an answer says about itself (semantics.md section 6)."""

from __future__ import annotations

import time
from collections.abc import Sequence

from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.events import finding_shown
from twin.queries.watermark import watermark
from twin.records.answer import Answer, Watermark
from twin.records.recall import LineageFinding
from twin.vocabulary.instants import Instant


async def answer_about(
    graph: Graph,
    clocks: Clocks,
    findings: Sequence[LineageFinding],
    *,
    limit_hit: str | None = None,
    go_on: str | None = None,
    read_up_to: Watermark | None = None,
) -> Answer:
    """The moments of an answer, what it misses, how to go on, and what touches it; unlimited means now.

    ``read_up_to``: how far the twin had read, when that was asked together with the answer.
    """
    now = Instant(time.time_ns() // 1_000_000)
    return Answer(
        as_of=now if clocks.as_of is None else clocks.as_of,
        known_at=now if clocks.known_at is None else clocks.known_at,
        complete=limit_hit is None and go_on is None,
        limit_hit=limit_hit,
        continue_=go_on,
        watermark=read_up_to or await watermark(graph),
        findings=tuple(finding_shown(found) for found in findings),
    )
