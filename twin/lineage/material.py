"""Which material a lot is of, and where and when lots and tools were mounted (semantics.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.events.event import Event
from twin.events.material import (
    MaterialConsumed,
    MaterialLotReceived,
    MaterialMixed,
    MaterialMounted,
    MaterialUnmounted,
)
from twin.events.order import MaterialDefined
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.folds.run import FOR_EVER
from twin.vocabulary.instants import Instant


@dataclass(slots=True, eq=False)
class Mount:
    """A material lot or tool sitting on a machine's position, [start, end)."""

    what: str
    equipment_id: str
    position: str
    start: Instant
    event: Event
    end: Instant = FOR_EVER


class Mounts:
    """All mounts of one kind of thing, each until the unmount of the same thing, machine and position."""

    def __init__(self) -> None:
        self.of: dict[str, list[Mount]] = {}
        self.on: dict[str, list[Mount]] = {}
        self._open: dict[tuple[str, str, str], Mount] = {}

    def mount(self, what: str, equipment_id: str, position: str, event: Event) -> None:
        """A thing is put on a machine; put there again, it simply stays."""
        if (what, equipment_id, position) in self._open:
            return
        mount = Mount(what, equipment_id, position, event.occurred_at, event)
        self._open[what, equipment_id, position] = mount
        self.of.setdefault(what, []).append(mount)
        self.on.setdefault(equipment_id, []).append(mount)

    def unmount(self, what: str, equipment_id: str, position: str, event: Event) -> None:
        """A thing is taken off."""
        mount = self._open.pop((what, equipment_id, position), None)
        if mount is not None:
            mount.end = event.occurred_at


class Materials:
    """Material identity: aliases are one material, and a lot's material may be told by whoever used it."""

    def __init__(self) -> None:
        self.defined: dict[str, Event] = {}
        self.mounts = Mounts()
        self.tools = Mounts()
        self.told: dict[str, str] = {}
        self.guessed: dict[str, str] = {}
        self._same: dict[str, str] = {}

    def apply(self, event: Event) -> None:
        """Learn what an event says of materials and mounts."""
        match event.fact:
            case MaterialLotReceived() | MaterialMixed() as fact:
                self.defined.setdefault(fact.material_lot_id, event)
                self.told.setdefault(fact.material_lot_id, fact.material_id)
            case MaterialConsumed(material_id=str() as material_id, material_lot_id=lot_id):
                self.guessed.setdefault(lot_id, material_id)
            case MaterialDefined() as fact:
                for alias in fact.aliases:
                    self._join(fact.material_id, alias)
            case _:
                self._mount(event)

    def _mount(self, event: Event) -> None:
        match event.fact:
            case MaterialMounted() as fact:
                self.mounts.mount(fact.material_lot_id, fact.equipment_id, fact.position, event)
            case MaterialUnmounted() as fact:
                self.mounts.unmount(fact.material_lot_id, fact.equipment_id, fact.position, event)
            case ToolMounted() as fact:
                self.tools.mount(fact.tool_id, fact.equipment_id, fact.position, event)
            case ToolUnmounted() as fact:
                self.tools.unmount(fact.tool_id, fact.equipment_id, fact.position, event)

    def material_of(self, material_lot_id: str) -> str | None:
        """The material of a lot under its one name, or None when nobody told."""
        material = self.told.get(material_lot_id) or self.guessed.get(material_lot_id)
        return None if material is None else self.root(material)

    def may_be_same(self, one: str, other: str) -> bool:
        """Whether two lots are, or for all that is known may be, of one material."""
        first, second = self.material_of(one), self.material_of(other)
        return first is None or second is None or first == second

    def root(self, material: str) -> str:
        """The one name of a material among its aliases."""
        while (parent := self._same.get(material, material)) != material:
            material = parent
        return material

    def _join(self, one: str, other: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        if first != second:
            self._same[second] = first
