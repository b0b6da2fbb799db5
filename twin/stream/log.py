"""The shards that carry events from the outboxes to the projector, in order, each event at least once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from redis.exceptions import ResponseError

from twin.events.codec import stored
from twin.events.event import Event
from twin.stream.client import ANSWER_SECONDS, BLOCK_MS, Stream, answering
from twin.stream.shard_keys import GROUP, first_needed, key_of, sent_key_of, shard_in

_APPEND: Final = """
if (redis.call('HGET', KEYS[2], ARGV[1]) or '0') ~= ARGV[2] then
    return -1
end
for at = 3, #ARGV, 3 do
    redis.call('XADD', KEYS[1], '*', 'o', ARGV[1], 'q', ARGV[at], 'r', ARGV[at + 1], 'e', ARGV[at + 2])
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[#ARGV - 2])
return redis.call('XLEN', KEYS[1])
"""
_FULL_SHARE: Final = 0.7
"""Of the memory: beyond it no event is added, so that the change feed and the lease always find room."""

_TRIM_AFTER: Final = 1_000
_TRIM_AFTER_BYTES: Final = 4 * 1024 * 1024
_SEARCHED: Final = 1_000


class Entry(NamedTuple):
    """An event as an outbox hands it over: its place there, when it was recorded, its canonical bytes."""

    shard: int
    outbox: str
    seq: int
    recorded_at: int
    payload: bytes

    def event(self) -> Event:
        """The event itself."""
        return stored(self.payload, self.recorded_at)


class Delivery(NamedTuple):
    """An entry as the projector gets it, with its place in the shard; ``attempts`` counts hand-overs."""

    place: bytes
    entry: Entry
    attempts: int = 1


class Appended(NamedTuple):
    """How an append went: the longest shard touched, and the shards that refused it."""

    longest: int
    refused: frozenset[int]


class EventLog:
    """All shards of a deployment, written by relays and read by the one projector that holds the lease."""

    def __init__(self, stream: Stream, shards: int, consumer: str = "projector") -> None:
        self._stream = stream
        self._shards = shards
        self._consumer = consumer
        self._in_arrears = True
        self._acked = 0
        self._acked_bytes = 0

    async def append(self, outbox: str, entries: Sequence[Entry], told: Mapping[int, int]) -> Appended:
        """Add entries of one outbox to their shards, in the given order, a shard's all or none.

        ``told`` is the last place that each shard was told before. A shard that remembers another
        one has lost entries, or has a second writer, and refuses: no gap can come into a shard.

        Raises:
            StreamUnavailable: whether they were added is unknown.
        """
        rows: dict[int, list[Any]] = {}
        for entry in entries:
            rows.setdefault(entry.shard, []).extend((entry.seq, entry.recorded_at, entry.payload))
        async with answering():
            answers = await self._of_each(
                lambda asking, shard: asking.eval(
                    _APPEND, 2, key_of(shard), sent_key_of(shard), outbox, told.get(shard, 0), *rows[shard]
                ),
                list(rows),
            )
        lengths = dict(zip(rows, answers, strict=True))
        refused = frozenset(shard for shard, length in lengths.items() if length < 0)
        return Appended(max(lengths.values(), default=0), refused)

    async def repeat(self, entry: Entry) -> None:
        """Hand over once more an entry that was set aside earlier."""
        async with answering():
            await self._stream.commands.xadd(key_of(entry.shard), _fields(entry))

    async def longest(self) -> int:
        """The length of the longest shard."""
        async with answering():
            longest: int = max(await self._of_each(lambda asking, shard: asking.xlen(key_of(shard))))
        return longest

    async def roomy(self) -> bool:
        """Whether the stream has memory left for more than what its other users need to go on."""
        async with answering():
            told: dict[str, Any] = await self._stream.commands.info("memory")
        most = int(told.get("maxmemory", 0))
        return most == 0 or int(told["used_memory"]) < most * _FULL_SHARE

    async def sent(self, outbox: str) -> dict[int, int]:
        """How far an outbox got, by shard, as the stream itself remembers it."""
        async with answering():
            found = await self._of_each(lambda asking, shard: asking.hget(sent_key_of(shard), outbox))
        return {shard: int(seq) for shard, seq in enumerate(found) if seq is not None}

    async def holds(self, shard: int, outbox: str, seq: int) -> bool:
        """Whether the shard still holds an outbox's entries from this one on."""
        async with answering():
            found = await self._stream.commands.xrange(key_of(shard), count=_SEARCHED)
        ours = (entry for _, entry in _entries(shard, found) if entry.outbox == outbox)
        first = next(ours, None)
        return first is not None and first.seq <= seq

    @property
    def in_arrears(self) -> bool:
        """Whether the next reading hands over again what is not acknowledged."""
        return self._in_arrears

    async def open(self) -> None:
        """Make the shards readable and take over what an earlier reader left unfinished."""
        async with answering(ANSWER_SECONDS * 4):
            for shard in range(self._shards):
                await self._create_group(shard)
                await self._claim(shard)
        self._in_arrears = True

    async def read(self, count: int, block_ms: int = BLOCK_MS) -> list[Delivery]:
        """The next entries of all shards, at most ``count`` a shard; empty when none came in time.

        What was handed over earlier and not acknowledged comes first, alone.
        """
        async with answering(ANSWER_SECONDS + block_ms / 1000):
            if self._in_arrears:
                if unfinished := await self._unfinished(count):
                    return unfinished
                await self._from_the_start()
            return await self._fresh(count, block_ms)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """The graph has these for good; they are not handed over again.

        Raises:
            StreamUnavailable: they come again with the next reading.
        """
        places: dict[int, list[bytes]] = defaultdict(list)
        for delivery in deliveries:
            places[delivery.entry.shard].append(delivery.place)
        try:
            async with answering():
                await self._of_each(
                    lambda asking, shard: asking.xack(key_of(shard), GROUP, *places[shard]), list(places)
                )
        except BaseException:
            self._in_arrears = True
            raise
        self._acked += len(deliveries)
        self._acked_bytes += sum(len(delivery.entry.payload) for delivery in deliveries)
        if self._acked >= _TRIM_AFTER or self._acked_bytes >= _TRIM_AFTER_BYTES:
            self._acked = self._acked_bytes = 0
            await self.trim()

    async def trim(self) -> None:
        """Drop what is acknowledged, never what is pending, unread, or handed over meanwhile."""
        shards = range(self._shards)
        async with answering():
            # In this order: what is handed over between the two looks is newer than all that goes.
            groups = await self._of_each(lambda asking, shard: asking.xinfo_groups(key_of(shard)))
            pendings = await self._of_each(lambda asking, shard: asking.xpending(key_of(shard), GROUP))
            trimming = self._stream.commands.pipeline(transaction=False)
            for shard, told, pending in zip(shards, groups, pendings, strict=True):
                if (keep_from := first_needed(told, pending)) is not None:
                    trimming.xtrim(key_of(shard), minid=keep_from, approximate=False)
            await trimming.execute()

    async def lag(self) -> int:
        """How many entries wait to be projected, handed over or not."""
        async with answering():
            pipeline = self._stream.commands.pipeline(transaction=False)
            for shard in range(self._shards):
                pipeline.xinfo_groups(key_of(shard))
            answers = await pipeline.execute(raise_on_error=False)
        groups = [group for answer in answers if isinstance(answer, list) for group in answer]
        return sum(
            (group["lag"] or 0) + group["pending"] for group in groups if group["name"] == GROUP.encode()
        )

    def _all(self, place: str) -> dict[Any, Any]:
        return dict.fromkeys(map(key_of, range(self._shards)), place)

    async def _create_group(self, shard: int) -> None:
        try:
            await self._stream.commands.xgroup_create(key_of(shard), GROUP, id="0", mkstream=True)
        except ResponseError as refusal:
            if not str(refusal).startswith("BUSYGROUP"):
                raise

    async def _claim(self, shard: int) -> None:
        # JUSTID leaves the attempts as they are; a name in bytes keeps redis-py from reshaping the answer.
        start = b"0-0"
        while True:
            start, *_ = await self._stream.commands.execute_command(  # type: ignore[no-untyped-call]
                b"XAUTOCLAIM", key_of(shard), GROUP, self._consumer, 0, start, "COUNT", 500, "JUSTID"
            )
            if start == b"0-0":
                return

    async def _unfinished(self, count: int) -> list[Delivery]:
        commands = self._stream.commands
        found = await commands.xreadgroup(GROUP, self._consumer, self._all("0"), count=count)
        deliveries: list[Delivery] = []
        for shard, entries in _by_shard(found):
            pending = await commands.xpending_range(key_of(shard), GROUP, "-", "+", count, self._consumer)
            attempts = {one["message_id"]: int(one["times_delivered"]) for one in pending}
            deliveries += [Delivery(place, entry, attempts.get(place, 1)) for place, entry in entries]
        return deliveries

    async def _from_the_start(self) -> None:
        # Acknowledged but not yet trimmed: harmless for a graph that has them, needed by one that lost them.
        for shard in range(self._shards):
            await self._stream.commands.xgroup_setid(key_of(shard), GROUP, "0")

    async def _fresh(self, count: int, block_ms: int) -> list[Delivery]:
        self._in_arrears = True
        try:
            # A name in bytes keeps redis-py from reshaping the answer.
            found = await self._stream.waits.execute_command(  # type: ignore[no-untyped-call]
                b"XREADGROUP", *self._asking(count, block_ms)
            )
        except ResponseError as refusal:
            if not str(refusal).startswith(("NOGROUP", "UNBLOCKED")):
                raise
            await self.open()
            return []
        self._in_arrears = False
        return [
            Delivery(place, Entry(shard, fields[1].decode(), int(fields[3]), int(fields[5]), fields[7]))
            for key, entries in found or ()
            for shard in (shard_in(key),)
            for place, fields in entries
        ]

    def _asking(self, count: int, block_ms: int) -> tuple[Any, ...]:
        shards = range(self._shards)
        group = (b"GROUP", GROUP, self._consumer, b"COUNT", count, b"BLOCK", block_ms)
        return (*group, b"STREAMS", *map(key_of, shards), *(b">" for _ in shards))

    async def _of_each(
        self, ask: Callable[[Any, int], Any], shards: Sequence[int] | None = None
    ) -> list[Any]:
        """What the server tells of every shard, or of those named, in one round trip."""
        named = range(self._shards) if shards is None else shards
        if len(named) == 1:
            return [await ask(self._stream.commands, named[0])]
        asking = self._stream.commands.pipeline(transaction=False)
        for shard in named:
            ask(asking, shard)
        answers: list[Any] = await asking.execute()
        return answers


def _fields(entry: Entry) -> dict[Any, Any]:
    return {b"o": entry.outbox, b"q": entry.seq, b"r": entry.recorded_at, b"e": entry.payload}


def _by_shard(found: Any) -> list[tuple[int, list[tuple[bytes, Entry]]]]:  # noqa: ANN401 - redis-py's reply
    result = []
    for key, entries in found or ():
        shard = shard_in(key)
        result.append((shard, _entries(shard, entries)))
    return result


def _entries(shard: int, found: Any) -> list[tuple[bytes, Entry]]:  # noqa: ANN401 - redis-py's reply
    # An entry that was trimmed while pending has no fields any more.
    return [
        (place, Entry(shard, fields[b"o"].decode(), int(fields[b"q"]), int(fields[b"r"]), fields[b"e"]))
        for place, fields in found
        if fields
    ]
