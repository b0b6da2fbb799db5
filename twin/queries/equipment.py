"""Machines and their alarms, as lists show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from twin.graph.session import Graph
from twin.queries.cursors import Place
from twin.queries.paging import Listing
from twin.queries.things import Row
from twin.records.equipment import Alarm, Equipment, ProductionCount
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState

MACHINES: Final[LiteralString] = """
    MATCH (machine:Equipment)
    WHERE machine.equipment_id > $after_id AND machine.revision > 0
      AND ($line_ids IS NULL OR machine.line_id IN $line_ids)
      AND ($line_prefix IS NULL OR machine.line_id STARTS WITH $line_prefix)
      AND ($types IS NULL OR machine.equipment_type IN $types)
      AND ($type_prefix IS NULL OR machine.equipment_type STARTS WITH $type_prefix)
      AND ($states IS NULL OR coalesce(machine.state, 'UNKNOWN') IN $states)
    RETURN machine ORDER BY machine.equipment_id LIMIT $limit
"""

COUNT_MACHINES: Final[LiteralString] = """
    MATCH (machine:Equipment)
    WHERE machine.revision > 0
      AND ($line_ids IS NULL OR machine.line_id IN $line_ids)
      AND ($line_prefix IS NULL OR machine.line_id STARTS WITH $line_prefix)
      AND ($types IS NULL OR machine.equipment_type IN $types)
      AND ($type_prefix IS NULL OR machine.equipment_type STARTS WITH $type_prefix)
      AND ($states IS NULL OR coalesce(machine.state, 'UNKNOWN') IN $states)
    RETURN count(machine) AS total
"""

ALARMS: Final[LiteralString] = """
    MATCH (alarm:Alarm)
    WHERE alarm.set_at IS NOT NULL
      AND (alarm.set_at < $after_at OR (alarm.set_at = $after_at AND alarm.alarm_id > $after_id))
      AND ($equipment_ids IS NULL OR alarm.equipment_id IN $equipment_ids)
      AND ($equipment_prefix IS NULL OR alarm.equipment_id STARTS WITH $equipment_prefix)
      AND ($open IS NULL OR (alarm.cleared_at IS NULL) = $open)
      AND ($minimum_level IS NULL OR coalesce(alarm.level, 1) >= $minimum_level)
      AND ($set_from IS NULL OR alarm.set_at >= $set_from)
      AND ($set_to IS NULL OR alarm.set_at < $set_to)
    RETURN alarm ORDER BY alarm.set_at DESC, alarm.alarm_id LIMIT $limit
"""

COUNT_ALARMS: Final[LiteralString] = """
    MATCH (alarm:Alarm)
    WHERE alarm.set_at IS NOT NULL
      AND ($equipment_ids IS NULL OR alarm.equipment_id IN $equipment_ids)
      AND ($equipment_prefix IS NULL OR alarm.equipment_id STARTS WITH $equipment_prefix)
      AND ($open IS NULL OR (alarm.cleared_at IS NULL) = $open)
      AND ($minimum_level IS NULL OR coalesce(alarm.level, 1) >= $minimum_level)
      AND ($set_from IS NULL OR alarm.set_at >= $set_from)
      AND ($set_to IS NULL OR alarm.set_at < $set_to)
    RETURN count(alarm) AS total
"""

OPEN_ALARMS: Final[LiteralString] = """
    MATCH (alarm:Alarm)
    WHERE alarm.equipment_id IN $keys AND alarm.cleared_at IS NULL AND alarm.set_at IS NOT NULL
    RETURN alarm ORDER BY alarm.set_at, alarm.alarm_id LIMIT 5000
"""


@dataclass(frozen=True, slots=True)
class MachinesAsked:
    """What the statement narrows machines by; None narrows nothing."""

    line_ids: list[str] | None = None
    line_prefix: str | None = None
    types: list[str] | None = None
    type_prefix: str | None = None
    states: list[str] | None = None

    def parameters(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class AlarmsAsked:
    """What the statement narrows alarms by; None narrows nothing."""

    equipment_ids: list[str] | None = None
    equipment_prefix: str | None = None
    open: bool | None = None
    minimum_level: int | None = None
    set_from: int | None = None
    set_to: int | None = None

    def parameters(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {name: getattr(self, name) for name in self.__slots__}


def machines(
    graph: Graph, asked: MachinesAsked, keep: Callable[[Equipment], bool] | None = None
) -> Listing[Equipment]:
    """The machines that were asked for, by name."""

    async def fetch(after: Place | None, limit: int) -> list[Equipment]:
        after_id = "" if after is None else after[0]
        rows = await graph.read(MACHINES, after_id=after_id, limit=limit, **asked.parameters())
        return [equipment_of(row["machine"]) for row in rows]

    async def count() -> int:
        return int((await graph.read(COUNT_MACHINES, **asked.parameters()))[0]["total"])

    return Listing("equipments", fetch, lambda machine: (machine.equipment_id,), count, keep)


def alarms(graph: Graph, asked: AlarmsAsked, keep: Callable[[Alarm], bool] | None = None) -> Listing[Alarm]:
    """The alarms that were asked for, the latest first."""

    async def fetch(after: Place | None, limit: int) -> list[Alarm]:
        moment, alarm_id = (2**62, "") if after is None else after
        rows = await graph.read(ALARMS, after_at=moment, after_id=alarm_id, limit=limit, **asked.parameters())
        return [alarm_of(row["alarm"]) for row in rows]

    async def count() -> int:
        return int((await graph.read(COUNT_ALARMS, **asked.parameters()))[0]["total"])

    return Listing("alarms", fetch, lambda alarm: (alarm.set_at, alarm.alarm_id), count, keep)


async def open_alarms(graph: Graph, equipment_ids: Sequence[str]) -> dict[str, tuple[Alarm, ...]]:
    """The open alarms of each of these machines, the earliest first."""
    found: dict[str, list[Alarm]] = {key: [] for key in equipment_ids}
    for row in await graph.read(OPEN_ALARMS, keys=list(found)):
        alarm = alarm_of(row["alarm"])
        found[alarm.equipment_id].append(alarm)
    return {key: tuple(rows) for key, rows in found.items()}


def equipment_of(row: Row) -> Equipment:
    """The machine that a node tells."""
    return Equipment(
        equipment_id=row["equipment_id"],
        equipment_type=row.get("equipment_type") or "UNKNOWN",
        line_id=row.get("line_id"),
        state=EquipmentState(row.get("state") or EquipmentState.UNKNOWN),
        state_since=row.get("state_since"),
        process_state=row.get("process_state"),
        reason_code=row.get("reason_code"),
        connected=bool(row.get("connected")),
        lot_id=row.get("lot_id"),
        recipe_id=row.get("recipe_id"),
        recipe_version=row.get("recipe_version"),
        count=_count_of(row),
        last_seen_at=row.get("last_seen_at"),
        name=row.get("name"),
        vendor=row.get("vendor"),
        model=row.get("model"),
        area_id=row.get("area_id"),
        site_id=row.get("site_id"),
        positions=tuple(row.get("positions") or ()),
    )


def _count_of(row: Row) -> ProductionCount | None:
    total, at = row.get("counted_total"), row.get("counted_at")
    if total is None or at is None:
        return None
    return ProductionCount(total, row.get("counted_good"), row.get("counted_since_at"), at)


def alarm_of(row: Row) -> Alarm:
    """The alarm that a node tells."""
    return Alarm(
        alarm_id=row["alarm_id"],
        equipment_id=row.get("equipment_id") or "UNKNOWN",
        code=row.get("code") or "",
        text=row.get("text") or "",
        level=row.get("level") or 1,
        set_at=Instant(row.get("set_at") or 0),
        cleared_at=row.get("cleared_at"),
        acknowledged_at=row.get("acknowledged_at"),
        acknowledged_by=row.get("acknowledged_by"),
        category=row.get("category"),
        lot_id=row.get("lot_id"),
        escalated_to=tuple(row.get("escalated_to") or ()),
        note=row.get("note"),
    )
