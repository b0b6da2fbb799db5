"""All machines and open alarms as they are now, so that a snapshot costs no question to the graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from resolvers.live_moments import Moment, Touched
from twin.graph.session import Graph
from twin.queries.cursors import Place
from twin.queries.equipment import AlarmsAsked, MachinesAsked, alarm_of, alarms, equipment_of, machines
from twin.queries.paging import Listing
from twin.queries.things import things_by_key
from twin.records.equipment import Alarm, Equipment
from twin.stream.change_feed import Change, ChangedEvent, ChangeFeed

T = TypeVar("T")

PAGE: Final = 1_000
MOST_MACHINES: Final = 20_000
MOST_ALARMS: Final = 20_000


class Tables:
    """The live state that boards show, loaded once and then kept in step by the changes."""

    def __init__(self, graph: Graph, feed: ChangeFeed) -> None:
        self._graph, self._feed = graph, feed
        self.machines: dict[str, Equipment] = {}
        self.alarms: dict[str, Alarm] = {}
        self._loaded_until = (0, 0)
        self._asked_until: dict[str, tuple[int, int]] = {}

    async def load(self) -> None:
        """Read everything anew; what happens meanwhile comes again as a change."""
        known = await _all(machines(self._graph, MachinesAsked()), MOST_MACHINES)
        ringing = await _all(alarms(self._graph, AlarmsAsked(open=True)), MOST_ALARMS)
        self.machines = {machine.equipment_id: machine for machine in known}
        self.alarms = {alarm.alarm_id: alarm for alarm in ringing}
        self._asked_until.clear()
        self._loaded_until = _place(await self._feed.last())

    async def apply(self, change: Change, unseen: tuple[ChangedEvent, ...]) -> Moment:
        """Bring the tables up to a change; what it touched, each thing once."""
        named_alarms = _keys(change, "Alarm")
        ringing = await things_by_key(self._graph, "Alarm", named_alarms) if named_alarms else {}
        changed = [alarm_of(row) for row in ringing.values() if row.get("set_at") is not None]
        concerned = {alarm.equipment_id for alarm in changed}
        named = list(dict.fromkeys([*_keys(change, "Equipment"), *sorted(concerned)]))
        found = await self._machines(change, named)
        touched = tuple(
            Touched(self.machines.get(machine.equipment_id), machine)
            for machine in found
            if machine.equipment_id in concerned or self.machines.get(machine.equipment_id) != machine
        )
        moment = Moment(change.cursor, touched, self._alarms_touched(changed), unseen)
        self._keep(found, changed)
        return moment

    async def _machines(self, change: Change, named: Sequence[str]) -> list[Equipment]:
        """The machines as the change tells them; what the graph told since the change is newer and stays."""
        place = _place(change.cursor)
        self._asked_until = {key: until for key, until in self._asked_until.items() if until >= place}
        newer = self.machines.keys() if place <= self._loaded_until else self._asked_until.keys()
        known = {machine.equipment_id: machine for machine in change.machines}
        known |= {key: self.machines[key] for key in named if key in newer and key in self.machines}
        known |= await self._asked([key for key in named if key not in known])
        return [known[key] for key in named if key in known]

    async def _asked(self, keys: Sequence[str]) -> dict[str, Equipment]:
        """Machines as the graph has them now, which changes that are still to come may not undo."""
        rows = await things_by_key(self._graph, "Equipment", keys) if keys else {}
        if rows:
            self._asked_until |= dict.fromkeys(rows, _place(await self._feed.last()))
        return {key: equipment_of(row) for key, row in rows.items()}

    def _alarms_touched(self, changed: Iterable[Alarm]) -> tuple[Touched[Alarm], ...]:
        return tuple(
            Touched(self.alarms.get(alarm.alarm_id), alarm)
            for alarm in changed
            if self.alarms.get(alarm.alarm_id) != alarm
        )

    def _keep(self, found: Iterable[Equipment], changed: Iterable[Alarm]) -> None:
        for machine in found:
            if machine.equipment_id in self.machines or len(self.machines) < MOST_MACHINES:
                self.machines[machine.equipment_id] = machine
        for alarm in changed:
            if alarm.cleared_at is not None:
                self.alarms.pop(alarm.alarm_id, None)
            elif alarm.alarm_id in self.alarms or len(self.alarms) < MOST_ALARMS:
                self.alarms[alarm.alarm_id] = alarm


def _keys(change: Change, label: str) -> list[str]:
    return list(dict.fromkeys(key for event in change.events for name, key in event.things if name == label))


async def _all(listing: Listing[T], most: int) -> list[T]:
    rows: list[T] = []
    place: Place | None = None
    while len(rows) < most:
        more = await listing.fetch(place, PAGE)
        rows += more
        if len(more) < PAGE:
            break
        place = listing.place(more[-1])
    return rows


def _place(cursor: str) -> tuple[int, int]:
    milliseconds, _, number = cursor.partition("-")
    return int(milliseconds or 0), int(number or 0)
