"""Faults of the service's own stores, told as alarms of a machine: set, and cleared when they are over."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from twin.errors import TwinError
from twin.events.alarm import AlarmCleared, AlarmSet
from twin.events.equipment import EquipmentConnected
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.order import EquipmentRegistered
from twin.intake.intake import Intake
from twin.intake.ledger import OutboxRefused, now
from twin.vocabulary.instants import Instant

LOG: Final = logging.getLogger(__name__)

SOURCE: Final = "dieloom.stores"
MACHINE: Final = "dieloom"
_MACHINE_TYPE: Final = "DIGITAL_TWIN"
_CATEGORY: Final = "SERVICE"

_PAUSE_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 3.0
_WELL_LOOKS: Final = 3
"""How often in a row a store must be well before its fault counts as over: one that comes and goes is one."""

Look = Callable[[], Awaitable[str | None]]
"""One store: None when it is well, else the reason in words that may be shown."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A store to look at, and how often in a row it must be unwell before that is a fault."""

    look: Look
    patience: int = 1


class Episode(Struct, kw_only=True):
    """One fault of one store, from the first look that saw it to the first one that saw it over."""

    store: str
    began_at: int
    text: str
    ended_at: int | None = None


@dataclass(slots=True)
class _Course:
    episode: Episode
    is_fault: bool = False
    is_told: bool = False
    unwell: int = 0
    well: int = 0
    well_since: int = 0


class StoreAlarms:
    """Looks at the stores and tells every fault once, as soon as the intake takes it.

    A fault is kept in ``file`` before it is told, and its facts follow from it: told again after a
    crash they change nothing, and one that outlives the process is cleared by the next one. There is at
    most one fault a store: while one cannot be told, what follows belongs to it.
    """

    def __init__(
        self,
        file: Path,
        intake: Intake,
        stores: Mapping[str, Watched],
        clock: Callable[[], int] = now,
    ) -> None:
        self._file, self._intake, self._stores, self._clock = file, intake, stores, clock
        self._door = intake.door(SOURCE)
        self._courses = {episode.store: _Course(episode, is_fault=True) for episode in _kept(file)}

    @property
    def open(self) -> int:
        """How many faults are known and not yet told to be over."""
        return sum(course.is_fault for course in self._courses.values())

    async def run(self) -> None:
        """Look and tell for ever."""
        while True:
            await self.look()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def look(self) -> None:
        """Look at every store once, and tell what there is to tell."""
        troubles = await asyncio.gather(*(_trouble(watched.look) for watched in self._stores.values()))
        for store, trouble in zip(self._stores, troubles, strict=True):
            self._note(store, trouble)
        for store in self._courses.keys() - self._stores.keys():
            self._note(store, None)
        for course in list(self._courses.values()):
            await self._tell(course)

    def _note(self, store: str, trouble: str | None) -> None:
        course = self._courses.get(store)
        if trouble is not None:
            if course is None:
                episode = Episode(store=store, began_at=self._clock(), text=trouble)
                course = self._courses[store] = _Course(episode)
            course.unwell, course.well = course.unwell + 1, 0
            course.is_fault = course.is_fault or course.unwell >= self._stores[store].patience
            course.episode.ended_at = None
        elif course is not None and course.is_fault:
            self._recover(course)
        elif course is not None:
            del self._courses[store]

    def _recover(self, course: _Course) -> None:
        if not course.well:
            course.well_since = self._clock()
        course.well += 1
        if course.well == _WELL_LOOKS:
            course.episode.ended_at = max(course.well_since, course.episode.began_at)

    async def _tell(self, course: _Course) -> None:
        if not course.is_fault:
            return
        try:
            if not course.is_told:
                await self._keep()
                await self._door.emit(self._set(course.episode))
                course.is_told = True
            if course.episode.ended_at is not None:
                await self._keep()
                await self._door.emit([self._cleared(course.episode, course.episode.ended_at)])
                del self._courses[course.episode.store]
                await self._keep()
        except (OutboxRefused, OSError) as refused:
            LOG.debug("the alarm of the %s waits: %s", course.episode.store, refused)

    async def _keep(self) -> None:
        episodes = [course.episode for course in self._courses.values() if course.is_fault]
        await asyncio.to_thread(_write, self._file, msgspec.json.encode(episodes))

    def _set(self, episode: Episode) -> list[Event]:
        alarm = AlarmSet(
            alarm_id=self._alarm_id(episode),
            equipment_id=MACHINE,
            code=f"store.{episode.store}",
            text=episode.text,
            category=_CATEGORY,
        )
        machine = EquipmentRegistered(equipment_id=MACHINE, equipment_type=_MACHINE_TYPE)
        heard = EquipmentConnected(equipment_id=MACHINE)
        return [
            self._event(episode, "registered", episode.began_at, machine),
            self._event(episode, "connected", episode.began_at, heard),
            self._event(episode, "set", episode.began_at, alarm),
        ]

    def _cleared(self, episode: Episode, ended_at: int) -> Event:
        fact = AlarmCleared(alarm_id=self._alarm_id(episode), equipment_id=MACHINE)
        return self._event(episode, f"cleared/{ended_at}", ended_at, fact)

    def _event(self, episode: Episode, what: str, at: int, fact: Fact) -> Event:
        event_id = f"{self._alarm_id(episode)}/{what}"
        return Event(event_id=event_id, source=SOURCE, occurred_at=Instant(at), fact=fact)

    def _alarm_id(self, episode: Episode) -> str:
        return f"{MACHINE}/{self._intake.outbox.outbox_id}/{episode.store}/{episode.began_at}"


async def _trouble(look: Look) -> str | None:
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            return await look()
    except TimeoutError:
        return f"no answer within {_LOOK_SECONDS:.0f} s"
    except TwinError as fault:
        return fault.message


def _kept(file: Path) -> list[Episode]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Episode])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as fault:
        LOG.warning("the open alarms of the stores cannot be read: %s", fault)
        return []


def _write(file: Path, body: bytes) -> None:
    fresh = file.with_name(file.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(body)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
