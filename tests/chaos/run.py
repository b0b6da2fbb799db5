"""One chaos run: senders, faults, the drain after the last fault, and the verdict."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tests.chaos.faults import FAULTS, Fault
from tests.chaos.field import Field, opened
from tests.chaos.history import BATCH, Outcome, Sender
from tests.chaos.verdict import Verdict, all_changes, judged, kept_entries, replayed
from tests.pipeline.plant import Story
from tests.service.own_alarms import open_faults
from tests.service.running import RunningService
from twin.errors import TwinError
from twin.graph.driver import open_graph
from twin.graph.session import Graph
from twin.intake.watermark import position_id
from twin.queries.positions import shard_positions
from twin.stream.client import open_stream
from twin.stream.log import Entry

SENDERS = 2
MOST_EVENTS = 60_000
FASTEST = 200.0
DRAIN_WITHIN_S = 30.0
COMES_BACK_WITHIN_S = 30.0
GIVES_UP_S = 120.0
LONGEST_READ_S = 60.0

Say = Callable[[str], None]


@dataclass
class Report:
    """What a run did and found."""

    seed: int
    seconds: float
    faults: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, str] = field(default_factory=dict)
    restarts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    attempts: int = 0
    unheard: int = 0
    refused: int = 0
    kept: int = 0
    unsynced_bytes: int = 0
    half_frames: int = 0
    drained_s: float = 0.0
    wrong_answers: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def good(self) -> bool:
        return self.verdict.good and not self.wrong_answers and self.drained_s <= DRAIN_WITHIN_S


async def run(folder: Path, seconds: float, seed: int, say: Say, faults: Sequence[Fault] = FAULTS) -> Report:
    """Send and strike for so many seconds, then let the field recover and judge it."""
    dice = random.Random(seed)
    report = Report(seed, seconds)
    async with opened(folder, dice) as field:
        senders = await asyncio.to_thread(_senders, field, seed, min(FASTEST, MOST_EVENTS / seconds))
        keeping_up = asyncio.create_task(field.keep_up())
        for sender in senders:
            sender.start()
        possible = [fault for fault in faults if _possible(fault, report)]
        await _strike(field, senders, possible, report, say)
        last_fault = time.monotonic()
        await field.stores_back()
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            await asyncio.to_thread(sender.join, GIVES_UP_S)
            assert not sender.is_alive()
        await _judge(field, senders, report, last_fault, say)
        keeping_up.cancel()
        await asyncio.gather(keeping_up, return_exceptions=True)
        report.restarts = field.restarts
        report.unsynced_bytes = field.lost_bytes
        report.half_frames = sum(proxy.torn for proxy in field.proxies)
    return report


def _possible(fault: Fault, report: Report) -> bool:
    if fault.impossible is not None:
        report.skipped[fault.name] = fault.impossible
    return fault.impossible is None


def _senders(field: Field, seed: int, events_a_second: float) -> list[Sender]:
    token = field.service.token("integration")
    pace = events_a_second / SENDERS / BATCH
    return [
        Sender(field.service, token, Story(f"s{n}", lots=40, machines=8), random.Random(f"{seed}/{n}"), pace)
        for n in range(SENDERS)
    ]


async def _strike(
    field: Field, senders: list[Sender], faults: Sequence[Fault], report: Report, say: Say
) -> None:
    """Deal the faults out like cards: none comes again before all others came."""
    began = time.monotonic()
    deck: list[Fault] = []
    heard = 0
    while time.monotonic() - began < report.seconds:
        if not deck:
            deck = field.dice.sample(list(faults), len(faults))
        fault = deck.pop()
        if fault.takes_down:
            await _heard_more(senders, heard)
        say(f"{time.monotonic() - began:7.1f} s  {fault.name}")
        await fault.strike(field)
        report.faults[fault.name] += 1
        heard = _heard(senders) if fault.takes_down else heard
        await asyncio.sleep(field.dice.uniform(0.3, 1.0))


async def _heard_more(senders: list[Sender], than: int) -> None:
    """Wait, but not for ever, until a service that was taken down has answered: else nothing is at stake."""
    end = time.monotonic() + COMES_BACK_WITHIN_S
    while _heard(senders) <= than and time.monotonic() < end:
        await asyncio.sleep(0.1)


def _heard(senders: list[Sender]) -> int:
    return sum(sender.acknowledged for sender in senders)


async def _judge(field: Field, senders: list[Sender], report: Report, last_fault: float, say: Say) -> None:
    outcomes = {event_id: outcome for sender in senders for event_id, outcome in sender.outcomes.items()}
    report.outcomes = Counter(outcomes.values())
    report.attempts = sum(sender.attempts for sender in senders)
    report.unheard = sum(sender.unheard for sender in senders)
    report.refused = sum(sender.refused for sender in senders)
    report.wrong_answers = [words for sender in senders for words in sender.wrong]
    address = field.address
    graph = await open_graph(
        field.graph_url, address.user, address.password, address.database, read_within=LONGEST_READ_S
    )
    stream = open_stream(field.stream_url)
    try:
        await _drained(graph, await asyncio.to_thread(kept_entries, field.outbox))
        report.drained_s = time.monotonic() - last_fault
        say(f"          drained {report.drained_s:.1f} s after the last fault")
        await _said_that_all_is_well(field.service)
        while report.kept < len(entries := await asyncio.to_thread(kept_entries, field.outbox)):
            report.kept = len(entries)  # the service may tell of a fault of its stores while it is judged
            await _drained(graph, entries)
            report.verdict = await judged(graph, entries, outcomes, await all_changes(stream))
    finally:
        await graph.close()
        await stream.close()
    environment = {**field.service.environment, "DIELOOM_GRAPH_URL": field.graph_url}
    report.verdict.replay = await asyncio.to_thread(replayed, field.service, environment)


async def _said_that_all_is_well(service: RunningService) -> None:
    """Wait until the service has told that its stores' faults are over: those facts are judged too."""
    end = time.monotonic() + GIVES_UP_S
    while await asyncio.to_thread(_tells_of_faults, service):
        assert time.monotonic() < end, "the service still tells of a fault of its stores"
        await asyncio.sleep(0.2)


def _tells_of_faults(service: RunningService) -> bool:
    try:
        return open_faults(service) > 0
    except (OSError, HTTPException):  # it is being started again
        return True


async def _drained(graph: Graph, entries: list[Entry]) -> None:
    """Return when the graph has reached every row, or when that takes too long to wait for."""
    last: dict[str, int] = {}
    for entry in entries:
        last[position_id(entry.outbox, entry.shard)] = entry.seq

    async def reached() -> bool:
        positions = await _asked(lambda: shard_positions(graph))
        return all(positions.get(name, 0) >= seq for name, seq in last.items())

    end = time.monotonic() + GIVES_UP_S
    while not await reached() and time.monotonic() < end:
        await asyncio.sleep(0.1)


async def _asked(ask: Callable[[], Awaitable[dict[str, int]]]) -> dict[str, int]:
    try:
        return await ask()
    except TwinError:
        return {}
