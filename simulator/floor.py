"""The machines on the floor: which is free, and how each tells what it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from simulator.faults import Faults
from simulator.hsms import machine as hsms
from simulator.line import MACHINES, Machine
from simulator.rest.mes import Mes, now
from simulator.serial_lines.scanner import Scanner
from simulator.truth import Truth

OPERATOR = "op-07"


class Panel(Protocol):
    """How one machine tells the world what it does."""

    async def idle(self) -> None:
        """It waits for work."""

    async def lot_started(self, lot_id: str) -> None:
        """A lot begins."""

    async def lot_ended(self, lot_id: str, good: int, scrap: int) -> None:
        """A lot is done."""

    async def stopped_for_a_while(self) -> None:
        """It stops with an alarm, and goes on."""


@dataclass
class HsmsPanel:
    """A machine that tells its host over SECS/GEM."""

    machine: Machine
    wire: hsms.HsmsMachine
    truth: Truth
    pause: Callable[[float], Awaitable[None]]
    made: int = 0
    lot_id: str = ""

    async def idle(self) -> None:
        """It waits for work."""
        self._state(hsms.IDLE, "STANDBY")

    async def lot_started(self, lot_id: str) -> None:
        """A lot begins."""
        self.lot_id = lot_id
        names = {hsms.LOT_ID: lot_id, hsms.PPID: f"R-{self.machine.operation}", hsms.OPERATOR_ID: OPERATOR}
        self.wire.happened(hsms.LOT_START, names)
        self._state(hsms.EXECUTING, "PRODUCTIVE")

    async def lot_ended(self, lot_id: str, good: int, scrap: int) -> None:
        """A lot is done."""
        self.made += good + scrap
        counts = {hsms.GOOD_COUNT: good, hsms.SCRAP_COUNT: scrap, hsms.TOTAL_COUNT: self.made}
        self.wire.happened(hsms.LOT_END, {hsms.LOT_ID: lot_id, **counts})
        self.lot_id = ""
        await self.idle()

    async def stopped_for_a_while(self) -> None:
        """It stops with an alarm, and goes on."""
        self.wire.alarm(is_set=True)
        self._state(hsms.PAUSE, "UNSCHEDULED_DOWN")
        await self.pause(8.0)
        self.wire.alarm(is_set=False)
        self._state(hsms.EXECUTING, "PRODUCTIVE")

    def _state(self, process_state: int, state: str) -> None:
        self.truth.entered(self.machine.equipment_id, state, now())
        values = {hsms.PROCESS_STATE: process_state, hsms.LOT_ID: self.lot_id}
        self.wire.happened(hsms.PROCESS_CHANGED, values)


@dataclass
class MesPanel:
    """A machine without a wire: the MES tells for it."""

    machine: Machine
    mes: Mes
    truth: Truth
    faults: Faults
    scanner: Scanner | None
    pause: Callable[[float], Awaitable[None]]
    stops: int = 0

    async def idle(self) -> None:
        """It waits for work."""
        await self._state("STANDBY", None, "NO_MATERIAL")

    async def lot_started(self, lot_id: str) -> None:
        """A lot begins."""
        if self.scanner is not None and await self.scanner.scan(f"LOT|{lot_id}"):
            await self._state("PRODUCTIVE", lot_id, None)
            return
        recipe = {"recipe_id": f"R-{self.machine.operation}", "recipe_version": "1"}
        await self.mes.tell("LotTrackedIn", **self._run(lot_id), **recipe, operator_id=OPERATOR)
        await self._state("PRODUCTIVE", lot_id, None)

    async def lot_ended(self, lot_id: str, good: int, scrap: int) -> None:
        """A lot is done."""
        if scrap or not self.faults.happens("missed_track_out"):
            await self.mes.tell("LotTrackedOut", **self._run(lot_id), good=good, scrap=scrap)
        await self.idle()

    async def stopped_for_a_while(self) -> None:
        """It stops with an alarm, and goes on."""
        self.stops += 1
        alarm_id = f"{self.machine.equipment_id}/{self.mes.run}/{self.stops}"
        machine = self.machine.equipment_id
        jam = {"code": "E-204", "text": "Feeder jam"}
        await self.mes.tell("AlarmSet", alarm_id=alarm_id, equipment_id=machine, **jam)
        await self._state("UNSCHEDULED_DOWN", None, "FEEDER_JAM")
        await self.pause(8.0)
        await self.mes.tell("AlarmCleared", alarm_id=alarm_id, equipment_id=machine)
        await self._state("PRODUCTIVE", None, None)

    def _run(self, lot_id: str) -> dict[str, str]:
        return {
            "lot_id": lot_id,
            "operation": self.machine.operation,
            "equipment_id": self.machine.equipment_id,
        }

    async def _state(self, state: str, lot_id: str | None, reason: str | None) -> None:
        self.truth.entered(self.machine.equipment_id, state, now())
        machine = self.machine.equipment_id
        await self.mes.tell(
            "EquipmentStateChanged", equipment_id=machine, state=state, lot_id=lot_id, reason_code=reason
        )


@dataclass
class Floor:
    """Hands out free machines, one lot at a time each."""

    panels: dict[str, Panel]
    _free: dict[str, asyncio.Queue[Machine]] = field(default_factory=dict)

    def open(self) -> None:
        """Every machine is free."""
        for machine in MACHINES:
            self._free.setdefault(machine.operation, asyncio.Queue()).put_nowait(machine)

    def panel(self, machine: Machine) -> Panel:
        """How that machine tells what it does."""
        return self.panels[machine.equipment_id]

    @asynccontextmanager
    async def machine_for(self, operation: str) -> AsyncIterator[Machine]:
        """A free machine for an operation, given back afterwards."""
        free = self._free[operation]
        machine = await free.get()
        try:
            yield machine
        finally:
            free.put_nowait(machine)
