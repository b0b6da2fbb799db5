"""The only writer of the graph: a batch of events becomes one transaction, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from twin.errors import GraphUnavailable
from twin.events.codec import content_hash
from twin.graph.session import Graph, Transaction
from twin.projection.arrival import LEASE, Applied, Arrival, NotTheWriter, Placed, Unapplied, positions
from twin.projection.held import Held
from twin.projection.markers import ENTER, SKIP, TAKE_LEASE
from twin.projection.plan import Digest, Known, Plan, digests, event_ids, plan
from twin.projection.writing import places, reach, write
from twin.vocabulary.instants import Instant

_FENCED: Final = "another projector writes this graph"


class Projector:
    """Applies events for as long as its fencing number is the highest ever seen.

    Applying a batch again changes nothing: events that the graph knows are skipped. An event that cannot be
    applied is found by halving its batch, and set aside; the others are applied.
    """

    def __init__(self, graph: Graph, fencing: int, clock: Callable[[], Instant]) -> None:
        self._graph = graph
        self._fencing = fencing
        self._clock = clock
        self._held = Held()

    async def apply(self, batch: Sequence[Arrival]) -> Applied:
        """Write a batch, in order, markers first.

        Raises:
            NotTheWriter: another projector has taken over.
            GraphUnavailable: nothing is known of this batch; apply it again.
        """
        try:
            return await self._commit(batch)
        except (GraphUnavailable, NotTheWriter):
            raise
        except Exception as fault:  # noqa: BLE001 - whatever one event causes, the others go on
            if len(batch) == 1:
                return await self._set_aside(batch[0], fault)
        half = len(batch) // 2
        first = await self.apply(batch[:half])
        return first.then(await self.apply(batch[half:]))

    async def pass_over(self, batch: Sequence[Placed]) -> None:
        """Note that the shards are past these places, of which nothing will come into the graph."""
        async with self._graph.transaction() as tx:
            await self._fence(tx)
            await reach(tx, batch)

    async def _commit(self, batch: Sequence[Arrival]) -> Applied:
        try:
            async with self._graph.transaction() as tx:
                applied = await self._apply(tx, batch)
        except BaseException:
            self._held.clear()
            raise
        self._held.shrink()
        return applied

    async def _fence(self, tx: Transaction) -> None:
        if not await tx.write(TAKE_LEASE, lease_id=LEASE, fencing=self._fencing):
            raise NotTheWriter(_FENCED)

    async def _enter(self, tx: Transaction, batch: Sequence[Arrival]) -> Known:
        """Take the lease and note the places in one round trip; what the graph knows of the events."""
        rows = await tx.write(
            ENTER, lease_id=LEASE, fencing=self._fencing, positions=places(batch), event_ids=event_ids(batch)
        )
        if not rows:
            raise NotTheWriter(_FENCED)
        return Known.told(rows[0])

    async def _entered(self, tx: Transaction, batch: Sequence[Arrival]) -> tuple[list[Digest], Known]:
        """What the contents are known by, computed while the graph looks for what it knows of the events."""
        entering = asyncio.create_task(self._enter(tx, batch))
        try:
            await asyncio.sleep(0)  # it goes out before we compute on
            return digests(batch), await entering
        except BaseException:
            entering.cancel()
            await asyncio.gather(entering, return_exceptions=True)
            raise

    async def _apply(self, tx: Transaction, batch: Sequence[Arrival]) -> Applied:
        planned: Plan = await plan(tx, batch, *await self._entered(tx, batch))
        machines = await write(tx, self._held, planned, self._clock())
        return Applied(
            planned.fresh,
            tuple(planned.repeated),
            planned.unapplied,
            positions(batch),
            planned.things(),
            machines,
        )

    async def _set_aside(self, arrival: Arrival, fault: Exception) -> Applied:
        set_aside = Unapplied(arrival, type(fault).__name__, str(fault)[:500])
        row = {
            "event_id": arrival.event.event_id,
            "content_hash": _digest(arrival),
            "error": set_aside.error,
            "message": set_aside.message,
            "skipped_at": self._clock(),
        }
        async with self._graph.transaction() as tx:
            await self._fence(tx)
            await tx.send(SKIP, rows=[row])
            await reach(tx, [arrival])
        return Applied(unapplied=(set_aside,), positions=positions([arrival]))


def _digest(arrival: Arrival) -> str | None:
    try:
        return content_hash(arrival.event)
    except Exception:  # noqa: BLE001 - perhaps this is what cannot be applied
        return None
