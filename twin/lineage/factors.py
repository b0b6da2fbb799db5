"""What a thing went through: its ancestors, and where, when and on which part of a wafer that was."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot
from typing import Final, NamedTuple

from twin.events.substrate import SubstrateMapped
from twin.folds.run import Run
from twin.lineage.genealogy import ancestors_in
from twin.lineage.plant import Plant
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

HOUR_MS: Final = 3_600_000
_BUCKETS_OF_A_RUN: Final = 24
_CENTER: Final = 0.5
_MIDDLE: Final = 0.8
_TOO_NARROW: Final = frozenset({ThingKind.OPERATION_RUN, ThingKind.DIE})
"""A run or a die belongs to one lot or unit: shared ones are told by what they used, when and where."""


class Factor(NamedTuple):
    """Something that several things may share: a thing, or a narrower part of it.

    A machine's ``position``; its hour, or that of an ``operation``, from ``since`` on; a ``zone`` of wafers.
    """

    key: str
    kind: ThingKind
    position: str | None = None
    operation: str | None = None
    since: Instant | None = None
    zone: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is a thing as a whole."""
        return self.position is None and self.since is None and self.zone is None

    @property
    def whole(self) -> Factor:
        """The thing that it is a part of."""
        return Factor(self.key, self.kind)


def factors_of(plant: Plant, thing: Thing) -> dict[Factor, str]:
    """Every factor of a thing, with what to write beside it.

    Raises:
        NotFound: no counted event names the thing.
    """
    found: dict[Factor, str] = {}
    for node in ancestors_in(plant, thing).nodes:
        if node.thing != thing and node.kind not in _TOO_NARROW:
            found[Factor(node.key, node.kind)] = node.label
        elif node.kind is ThingKind.OPERATION_RUN:
            found.update(_of_run(plant, node.thing.key))
        elif node.kind is ThingKind.DIE and node.thing != thing:
            found.update(_of_die(plant, node.thing.key))
    return found


def _of_run(plant: Plant, key: str) -> Iterator[tuple[Factor, str]]:
    run = plant.run(key)
    if run is None:
        return
    machine = str(Thing(ThingKind.EQUIPMENT, run.equipment_id))
    if run.position is not None:
        part = Factor(machine, ThingKind.EQUIPMENT, position=run.position)
        yield part, f"{run.equipment_id}, position {run.position}"
    for since in _hours(run):
        yield Factor(machine, ThingKind.EQUIPMENT, since=since), f"{run.equipment_id}, one hour"
        named = f"{ThingKind.OPERATION_RUN.value}:*/{run.operation}"
        spell = Factor(named, ThingKind.OPERATION_RUN, operation=run.operation, since=since)
        yield spell, f"{run.operation}, one hour"


def _hours(run: Run) -> list[Instant]:
    """The hours in which a run began, went on and ended; an open one only began."""
    first, last = run.first_at // HOUR_MS, (run.ended_at or run.first_at) // HOUR_MS
    return [Instant(hour * HOUR_MS) for hour in range(first, last + 1)[:_BUCKETS_OF_A_RUN]]


def _of_die(plant: Plant, key: str) -> Iterator[tuple[Factor, str]]:
    substrate_id, _, site = key.rpartition("@")
    x, _, y = site.partition(",")
    told = plant.maps.get(substrate_id)
    if told is not None and isinstance(told.fact, SubstrateMapped):
        zone = zone_of(told.fact, int(x), int(y))
        yield Factor(f"DIE:*@{zone}", ThingKind.DIE, zone=zone), f"wafer zone {zone}"


def zone_of(frame: SubstrateMapped, x: int, y: int) -> str:
    """The ring of a wafer that a die is in: CENTER, MIDDLE or EDGE, by its distance from the middle."""
    half_columns, half_rows = frame.columns / 2, frame.rows / 2
    across = (x - (frame.first_x or 0) + 0.5 - half_columns) / half_columns
    down = (y - (frame.first_y or 0) + 0.5 - half_rows) / half_rows
    distance = hypot(across, down)
    return "CENTER" if distance < _CENTER else "MIDDLE" if distance < _MIDDLE else "EDGE"
