"""What a run did to the events: from the senders' history, the outbox, the graph, the feed and a replay."""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.chaos.history import Outcome
from tests.pipeline.plant import added_up, applied_twice, differences, held_by
from tests.service.running import DIELOOM, ROOT, RunningService, clean_environment
from twin.events.event import Event
from twin.graph.session import Graph
from twin.intake.kept import KeptOutbox
from twin.intake.store_alarms import MACHINE, SOURCE
from twin.stream.change_feed import _KEY as FEED
from twin.stream.change_feed import Change
from twin.stream.client import Stream
from twin.stream.log import Entry

REPLAY_S = 600.0


@dataclass
class Verdict:
    """What went wrong, by kind; a run is good when nothing is in it."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    replay: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not any(self.counts().values())

    def counts(self) -> dict[str, int]:
        return {name: len(found) for name, found in vars(self).items()}


def kept_entries(outbox: Path) -> list[Entry]:
    """Every row of an outbox file, in its order.

    Raises:
        AssertionError: a row is damaged.
    """
    kept = KeptOutbox(outbox)
    try:
        entries = []
        for page in kept.pages(kept.last()):
            assert page.damaged == []
            entries += page.entries
        return entries
    finally:
        kept.close()


async def judged(
    graph: Graph, entries: list[Entry], outcomes: Mapping[str, Outcome], changes: Iterable[Change]
) -> Verdict:
    """Hold what the senders know against what was kept, that against the graph, and the order of telling."""
    verdict = Verdict()
    events: dict[str, Event] = {}
    for entry in entries:
        event = entry.event()
        events[event.event_id] = event
    ok = {event_id for event_id, outcome in outcomes.items() if outcome is Outcome.OK}
    perhaps = {event_id for event_id, outcome in outcomes.items() if outcome is Outcome.UNKNOWN}
    ids, found = await held_by(graph)
    verdict.lost += sorted((ok | events.keys()) - ids.keys())
    verdict.doubled += sorted(event_id for event_id, times in ids.items() if times > 1)
    own = {event_id for event_id, event in events.items() if event.source == SOURCE}
    verdict.invented += sorted(ids.keys() - ok - perhaps - own)
    sent = events.keys() - own
    expected = added_up([events[event_id] for event_id in ids if event_id in sent])
    if own:  # the service told of faults of its stores: a machine that no sender knows
        found.machines.pop(MACHINE)
    verdict.doubled += applied_twice(expected, found)
    twice = tuple(f"{name}:" for name in verdict.doubled)
    verdict.torn += [line for line in differences(expected, found) if not line.startswith(twice)]
    verdict.out_of_order += _out_of_order(entries, changes)
    return verdict


def _out_of_order(entries: list[Entry], changes: Iterable[Change]) -> Iterator[str]:
    """Events that were told, for the first time, after one that their shard took in later."""
    places = {entry.event().event_id: (entry.shard, entry.seq) for entry in entries}
    last: defaultdict[int, int] = defaultdict(int)
    told: Counter[str] = Counter()
    for change in changes:
        for event in change.events:
            told[event.event_id] += 1
            shard, seq = places.get(event.event_id, (0, 0))
            if told[event.event_id] == 1 and seq < last[shard]:
                yield event.event_id
            last[shard] = max(last[shard], seq)


async def all_changes(stream: Stream) -> list[Change]:
    """Everything that the feed still holds."""
    found: list[Change] = []
    after = "-"
    server: Any = stream.commands
    while rows := await server.xrange(FEED, min=after, count=1_000):
        found += [msgspec.json.decode(fields[b"c"], type=Change) for _, fields in rows]
        after = f"({rows[-1][0].decode()}"
    return found


def replayed(service: RunningService, environment: dict[str, str]) -> list[str]:
    """What ``dieloom replay`` finds different between the live graph and one made anew from the outbox."""
    done = subprocess.run(
        [str(DIELOOM), "replay", "--json", "--data", str(service.data_dir)],
        cwd=ROOT,
        env={**clean_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=REPLAY_S,
    )
    if not done.stdout:
        return [done.stderr[-500:]]
    facts = json.loads(done.stdout)
    good = facts["live"] == "same" and not facts["damaged"] and done.returncode == 0
    return [] if good else [json.dumps(facts)[:2_000]]
