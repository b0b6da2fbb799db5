"""What the messages of one machine mean: S6F11 and S5F1 bodies to events, nothing else."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

from connectors.errors import UnreadableMessage
from connectors.secs_gem.alarms import AlarmBoard
from connectors.secs_gem.clock import moment_in, zone_of
from connectors.secs_gem.codec import encode
from connectors.secs_gem.config import CollectionEvent, SecsGemOptions
from connectors.secs_gem.fields import FactBuilder, Values
from connectors.secs_gem.items import Format, Item, identifier_in
from connectors.secs_gem.occurrences import Occurrences
from twin.events.event import Event
from twin.events.fact import Fact
from twin.vocabulary.instants import Instant, instant_of

_NAMESPACE: Final = UUID("6f0b8f0e-5a3c-5d4b-9b53-0d1e10000011")


class Mapping:
    """Turns what one machine says over one connection into events."""

    def __init__(self, options: SecsGemOptions) -> None:
        self._options = options
        self._zone = zone_of(options.utc_offset)
        self._builders: dict[int, tuple[FactBuilder, ...]] = options.builders()
        self._ignored = frozenset(options.ignored_events)
        self._occurrences = Occurrences(options.resend_after)
        self._alarms = AlarmBoard(options)

    def collected(self, item: Item | None, arrived: Instant) -> list[Event]:
        """The facts of a collection event (S6F11); none for an ignored one.

        Raises:
            UnreadableMessage: not an S6F11, an unknown CEID, or values that tell no fact.
        """
        ceid, reports = _collection(item)
        if ceid in self._ignored:
            return []
        meaning = self._options.collection_events.get(ceid) if isinstance(ceid, int) else None
        if meaning is None or not isinstance(ceid, int):
            raise UnreadableMessage(f"collection event {ceid!r} has no meaning in factory.yaml", stage="map")
        values = self._values(ceid, meaning, reports)
        occurred_at = self._occurred_at(values, arrived)
        key = f"{ceid}|{occurred_at}|{sha256(encode(reports)).hexdigest()}"
        occurrence = self._occurrences.number(key, arrived)
        facts = [builder.build(values) for builder in self._builders[ceid]]
        names = [f"S6F11|{key}|{occurrence}|{at}" for at in range(len(facts))]
        return [
            event_of(self._options, name, occurred_at, fact) for name, fact in zip(names, facts, strict=True)
        ]

    def alarmed(self, item: Item | None, arrived: Instant) -> list[Event]:
        """The fact of an alarm report (S5F1); its time is the arrival, for S5F1 has no clock.

        Raises:
            UnreadableMessage: not an S5F1.
        """
        name, occurred_at, fact = self._alarms.report(item, arrived)
        return [event_of(self._options, name, occurred_at, fact)]

    def _values(self, ceid: int, meaning: CollectionEvent, reports: Item) -> Values:
        if not meaning.report:
            return {}
        wanted = ceid if meaning.report_id is None else meaning.report_id
        for report in reports.items:
            if len(report.items) == 2 and identifier_in(report.items[0]) == wanted:
                found = report.items[1].items
                if len(found) != len(meaning.report):
                    raise UnreadableMessage(
                        f"report {wanted} has {len(found)} values, factory.yaml says {len(meaning.report)}",
                        stage="map",
                    )
                return {name: self._plain(item) for name, item in zip(meaning.report, found, strict=True)}
        raise UnreadableMessage(f"event {ceid} came without report {wanted}", stage="map")

    def _plain(self, item: Item) -> object:
        text = item.text(self._options.encoding)
        if text is not None:
            return text.strip(" \0\t\r\n") or None
        if item.format is Format.LIST:
            return [self._plain(part) for part in item.items] or None
        numbers = item.numbers
        return numbers[0] if len(numbers) == 1 else list(numbers) or None

    def _occurred_at(self, values: Values, arrived: Instant) -> Instant:
        written = values.get(self._options.clock)
        if written is None:
            return arrived
        moment = moment_in(str(written), self._zone)
        if moment is None:
            raise UnreadableMessage(f"{self._options.clock} {written!r} is no time", stage="map")
        return instant_of(moment)


def event_of(options: SecsGemOptions, name: str, occurred_at: Instant, fact: Fact) -> Event:
    """A fact of one machine in its envelope; the same name gives the same event id for ever."""
    event_id = str(uuid5(_NAMESPACE, f"{options.equipment_id}|{name}"))
    return Event(event_id=event_id, source=options.id, occurred_at=occurred_at, fact=fact)


def _collection(item: Item | None) -> tuple[int | str | None, Item]:
    if item is None or len(item.items) != 3 or item.items[2].format is not Format.LIST:
        raise UnreadableMessage("not a collection event: a list of data id, event id and reports")
    return identifier_in(item.items[1]), item.items[2]
