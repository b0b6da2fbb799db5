"""What a walk reads of material lots: nothing that it knows already, nothing that hints tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from twin.events.event import Event
from twin.folds.clock import TOLERANCE_MS
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.index.hints import Hints, Past
from twin.queries.material_identities import identities
from twin.queries.material_pasts import HOWEVER_EARLY, aliases, pasts, pasts_by_id
from twin.queries.selection import IDENTITY


class MaterialReading:
    """The events about material lots and materials that one answer rests on."""

    def __init__(self, graph: Graph, clocks: Clocks) -> None:
        self._graph = graph
        self._clocks = clocks
        self._known: dict[str, Event | None] = {}

    def know(self, by_id: Mapping[str, Event | None]) -> None:
        """Take uses that were read already; None is one that does not matter."""
        self._known.update(by_id)

    async def definitions(self, hints: Hints | None) -> tuple[Event, ...]:
        """Every event that defines a material."""
        known = None if hints is None else hints.aliases
        return await aliases(self._graph, self._clocks) if known is None else known

    async def pasts(self, keys: Iterable[str], hints: Hints | None) -> dict[str, list[Event]]:
        """What was told of material lots; of their uses the first, and those dated ahead of their record."""
        asked = {key: None if hints is None else hints.past_of(key) for key in keys}
        hinted = {key: past for key, past in asked.items() if past is not None}
        await self._read_uses(hinted.values())
        found = {key: [*past.events, *self._since(past)] for key, past in hinted.items()}
        others = [key for key in asked if key not in hinted]
        return found | (await pasts(self._graph, others, self._clocks) if others else {})

    async def identities(self, keys: Iterable[str], hints: Hints | None) -> dict[str, list[Event]]:
        """What material lots are: who received, mixed or thawed them."""
        asked = {key: None if hints is None else hints.past_of(key) for key in keys}
        found = {
            key: [event for event in past.events if event.type in IDENTITY]
            for key, past in asked.items()
            if past is not None
        }
        others = [key for key in asked if key not in found]
        if not others:
            return found
        return found | await identities(self._graph, others, self._clocks)

    def _since(self, past: Past) -> Iterable[Event]:
        return (event for event_id in past.uses if (event := self._known.get(event_id)) is not None)

    async def _read_uses(self, told: Iterable[Past]) -> None:
        """Uses since a line was read: all of a lot that nobody received, since one may be its first."""
        received: list[str] = []
        unknown: list[str] = []
        for past in told:
            (received if past.is_defined else unknown).extend(past.uses)
        await self._read_by_id(received, TOLERANCE_MS)
        await self._read_by_id(unknown, HOWEVER_EARLY)

    async def _read_by_id(self, event_ids: Sequence[str], tolerance: int) -> None:
        missing = sorted({event_id for event_id in event_ids if event_id not in self._known})
        if not missing:
            return
        self._known.update(dict.fromkeys(missing))
        read = await pasts_by_id(self._graph, missing, self._clocks, tolerance=tolerance)
        self._known.update((event.event_id, event) for event in read)
