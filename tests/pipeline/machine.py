"""What senders, clocks and bad luck may do to the pipeline, in any order; what must hold after each."""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
from collections import defaultdict
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tests.graph_fixtures import wipe
from tests.pipeline.aftermath import reuses_are_found, same_by_replay, told_in_order
from tests.pipeline.life import Life, Stores
from tests.pipeline.plant import KINDS, Story, added_up, differences, held_by
from tests.pipeline.steps import Step
from twin.errors import StreamUnavailable
from twin.events.event import Event
from twin.intake.verdict import Verdict
from twin.vocabulary.instants import Instant

T = TypeVar("T")

HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.integers(0, 40)), min_size=1, max_size=8
)
STEPS = st.sampled_from(Step)
OF_PROJECTOR = st.sampled_from([step for step in Step if step not in (Step.NOT_RELAYED, Step.RELAYED)])
TIMES = st.sampled_from((0, 0, 0, 1, 3, 6))
PLACES = st.integers(0, 10_000)


class Pipeline(RuleBasedStateMachine):
    """The real outbox, stream and graph, and beside them the events that a sender was promised."""

    loop: ClassVar[asyncio.Runner]
    stores: ClassVar[Stores]
    faults: ClassVar[defaultdict[str, int]] = defaultdict(int)

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="dieloom-pipeline-")
        self.lives = 0
        self.story = Story("s")
        self.promised: dict[str, Event] = {}
        self.unanswered: list[Event] = []
        self.reused: set[str] = set()
        self.stream_before: dict[Any, Any] = {}
        self.told_whole = True
        self.life: Life | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    @property
    def now(self) -> Life:
        assert self.life is not None
        return self.life

    @initialize()
    def begin(self) -> None:
        self.run(self._begin())

    async def _begin(self) -> None:
        await wipe(self.stores.graph)
        await self.stores.stream.commands.flushdb()
        folder = Path(self.folder.name) / "0"
        folder.mkdir()
        self.life = await Life(self.stores, folder).start()
        await self._send(self.story.begins())

    # What senders do.

    @rule(happenings=HAPPENINGS)
    def emit(self, happenings: list[tuple[str, int, int]]) -> None:
        self.run(self._send([self.story.goes_on(*one) for one in happenings]))

    @rule(happenings=HAPPENINGS)
    def emit_and_hear_nothing(self, happenings: list[tuple[str, int, int]]) -> None:
        events = [self.story.goes_on(*one) for one in happenings]
        self.unanswered += events
        self.run(self.now.outbox.accept(events))

    @rule(places=st.lists(PLACES, min_size=1, max_size=5))
    def send_again(self, places: list[int]) -> None:
        known = list(self.promised.values())
        again = [known[place % len(known)] for place in places]
        assert set(self.run(self.now.outbox.accept(again))) == {Verdict.DUPLICATE}

    @precondition(lambda self: self.unanswered)
    @rule()
    def send_again_what_nobody_answered(self) -> None:
        events, self.unanswered = self.unanswered, []
        verdicts = self.run(self.now.outbox.accept(events[::-1]))
        assert Verdict.REUSED not in verdicts
        self.promised |= {event.event_id: event for event in events}

    @rule(place=PLACES)
    def use_an_id_for_something_else(self, place: int) -> None:
        known = list(self.promised.values())[place % len(self.promised)]
        other = replace(known, occurred_at=Instant(known.occurred_at + 1))
        assert self.run(self.now.outbox.accept([other])) == [Verdict.REUSED]
        self.reused.add(known.event_id)

    # What goes on by itself.

    @rule()
    def relay(self) -> None:
        self.run(self.now.relay())

    @rule()
    def project(self) -> None:
        self.run(self.now.project())

    @rule()
    def trim(self) -> None:
        with contextlib.suppress(StreamUnavailable):  # a stream that lost everything has no readers yet
            self.run(self.now.archive_and_trim())

    # What goes wrong.

    @rule(happenings=HAPPENINGS, step=STEPS, after=TIMES)
    def crash_at(self, happenings: list[tuple[str, int, int]], step: Step, after: int) -> None:
        self.emit(happenings)
        self.now.gate.arm("die", step, after)
        self.run(self.now.drain())
        if self.now.gate.dead:
            self.faults[f"crash: {step}"] += 1
            self.run(self._restart(torn=None))
        self.now.gate.disarm()

    @rule(happenings=HAPPENINGS, step=STEPS, after=TIMES)
    def hear_no_answer_at(self, happenings: list[tuple[str, int, int]], step: Step, after: int) -> None:
        self.emit(happenings)
        self.now.gate.arm("miss", step, after)
        self.run(self.now.drain())
        self.faults[f"no answer: {step}"] += not self.now.gate.armed
        self.now.gate.disarm()

    @rule(happenings=HAPPENINGS, cut=st.floats(0, 1, exclude_max=True))
    def lose_power_in_a_commit(self, happenings: list[tuple[str, int, int]], cut: float) -> None:
        self.faults["power cut in an outbox commit"] += 1
        self.run(self._restart(torn=([self.story.goes_on(*one) for one in happenings], cut)))

    @rule(happenings=HAPPENINGS, step=OF_PROJECTOR, after=TIMES)
    def sleep_past_the_lease_at(self, happenings: list[tuple[str, int, int]], step: Step, after: int) -> None:
        self.emit(happenings)
        self.run(self._sleep_at(step, after))

    async def _sleep_at(self, step: Step, after: int) -> None:
        first = self.now
        if self.stores.graph.dialect == "neo4j" and step in (Step.WRITING, Step.WRITTEN):
            return  # a transaction left open there locks the writer's mark until the server ends it
        await first.relay()
        first.gate.arm("stop", step, after)
        first.gate.projecting.set()
        try:
            async with asyncio.timeout(60):
                while not first.gate.stopped.is_set() and not await first.projected():
                    await asyncio.sleep(0.004)
        finally:
            first.gate.disarm()
        if first.gate.stopped.is_set():
            self.faults[f"sleeper: {step}"] += 1
            # It tells of its last commit once more, in a feed that went on: followers see a gap, and resync.
            self.told_whole &= step is not Step.COMMITTED
            second = await Life(self.stores, first.folder).take_over()
            await second.project()
            first.gate.resumed.set()
            await second.stop()
            assert second.aside == []
        await first.drain()

    @rule()
    def note_what_the_stream_holds(self) -> None:
        self.run(self._note_stream())

    async def _note_stream(self) -> None:
        server = self.stores.stream.commands
        names = [name for name in await server.keys("*") if b"lease" not in name]
        self.stream_before = {name: await server.dump(name) for name in names}

    @rule(what=st.sampled_from(("stream", "stream and process", "graph", "replay")))
    def suffer(self, what: str) -> None:
        if what == "replay":
            self.faults["replayed and swapped"] += 1
            self.run(self._drained_and_replayed())
        elif what == "graph":
            self.faults["graph lost"] += 1
            self.run(self._lose_graph())
        else:
            self.faults[f"{what} lost {'its newest' if self.stream_before else 'everything'}"] += 1
            self.run(self._take_stream_back(restart=what != "stream"))

    async def _take_stream_back(self, *, restart: bool) -> None:
        server = self.stores.stream.commands
        names = [name for name in await server.keys("*") if b"lease" not in name]
        at_once = server.pipeline(transaction=True)
        for name in names:
            at_once.delete(name)
        for name, value in self.stream_before.items():
            at_once.restore(name, 0, value, replace=True)
        await at_once.execute()
        await server.client_kill_filter(_type="normal", skipme=True)
        self.stream_before, self.told_whole = {}, False
        if restart:
            await self._restart(torn=None)

    async def _lose_graph(self) -> None:
        self.told_whole = False
        await self.now.kill()
        await wipe(self.stores.graph)
        await self._restart(torn=None)

    # What must hold.

    @invariant()
    def the_graph_is_what_its_events_add_up_to(self) -> None:
        if self.life is not None:
            self.run(self._holds())

    def teardown(self) -> None:
        try:
            if self.life is not None:
                self.run(self._finish())
        finally:
            self.folder.cleanup()

    async def _finish(self) -> None:
        try:
            await self._drained_and_replayed()
        finally:
            await self.now.kill()
            await self.now.outbox.close()

    async def _holds(self) -> set[str]:
        ids, found = await held_by(self.stores.graph)
        doubled = [event_id for event_id, times in ids.items() if times > 1]
        assert doubled == []
        sent = {event.event_id: event for event in self.story.told}
        assert differences(added_up([sent[event_id] for event_id in ids]), found) == []
        assert self.now.aside == []
        return set(ids)

    async def _drained_and_replayed(self) -> None:
        await self.now.drain()
        held = await self._holds()
        assert self.promised.keys() - held == set()
        assert held - self.promised.keys() - {event.event_id for event in self.unanswered} == set()
        if self.told_whole:
            await told_in_order(self.now, held)
        sent = {event.event_id: event for event in self.story.told}
        await reuses_are_found(self.now, self.reused, [sent[event_id] for event_id in held])
        await self.now.kill()
        await same_by_replay(self.now)
        self.told_whole = False
        await self._restart(torn=None)

    async def _send(self, events: list[Event]) -> None:
        random.Random(len(self.story.told)).shuffle(events)
        verdicts = await self.now.outbox.accept(events)
        assert verdicts == [Verdict.ACCEPTED] * len(events)
        self.promised |= {event.event_id: event for event in events}

    async def _restart(self, torn: tuple[list[Event], float] | None) -> None:
        """Kill the process and start another on what is on the disk, perhaps with part of a commit on it."""
        old = self.now
        await old.kill()
        self.lives += 1
        folder = old.disk(Path(self.folder.name) / str(self.lives))
        if torn is not None:
            await self._tear(old, folder, *torn)
        await old.outbox.close()
        self.life = await Life(self.stores, folder).start()
        assert self.now.outbox.last == {} or max(self.now.outbox.last.values()) >= len(self.promised)

    async def _tear(self, old: Life, folder: Path, events: list[Event], cut: float) -> None:
        """Append to the new disk only the first part of what a commit writes; its sender hears nothing."""
        before = (old.folder / "outbox.sqlite-wal").read_bytes()
        await old.outbox.accept(events)
        after = (old.folder / "outbox.sqlite-wal").read_bytes()
        written = after.removeprefix(before) if after.startswith(before) else b""
        if written:
            copy = folder / "outbox.sqlite-wal"
            copy.write_bytes(before + written[: int(len(written) * cut)])
