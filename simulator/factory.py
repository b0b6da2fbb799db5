"""The plant: starts its machines and wires, then sends lot after lot down the line."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from simulator import plant_file
from simulator.faults import Faults
from simulator.files import e142, stdf
from simulator.files.drop import drop
from simulator.floor import Floor, HsmsPanel, MesPanel, Panel
from simulator.hsms.machine import HsmsMachine
from simulator.journey import Journey
from simulator.line import (
    BILL,
    ENCAPSULANT,
    LINE,
    LOTS_A_PASTE,
    MACHINES,
    MATERIALS,
    PASTE,
    PRODUCT,
    ROUTE,
    SITE,
    WIRE,
    Step,
)
from simulator.module_plan import BATCHES_ONCE, PLACER
from simulator.modules import ModuleLine
from simulator.rest.mes import Mes
from simulator.serial_lines.scanner import Scanner
from simulator.strips import WaferStock, as_truth, bonded_strips
from simulator.truth import Truth

UNITS: Final = 600
LOTS_AT_ONCE: Final = 8
START_EVERY_S: Final = 11.0
ONCE: Final = 9


@dataclass
class Factory:
    """One run of the plant; what has a name carries the run's number, so that runs do not collide."""

    folder: Path
    run: str
    seed: int
    speed: float
    mes: Mes
    faults: Faults
    truth: Truth
    scanner: Scanner
    wires: dict[str, HsmsMachine]
    floor: Floor = field(default_factory=lambda: Floor({}))
    reels: list[str] = field(default_factory=list)
    shipments: int = 0
    stock: WaferStock = field(init=False)
    modules: ModuleLine = field(init=False)

    def __post_init__(self) -> None:
        self.stock = WaferStock(self.run)
        self.modules = ModuleLine(self)
        self.floor.panels = {machine.equipment_id: self._panel(machine.equipment_id) for machine in MACHINES}
        self.floor.open()

    async def pause(self, seconds: float) -> None:
        """Let so much factory time pass."""
        await asyncio.sleep(seconds / self.speed)

    async def open(self) -> None:
        """Switch the machines on and tell what stands in the plant."""
        for wire in self.wires.values():
            wire.start()
        self._write_whereabouts()
        await self.mes.until_service_answers()
        await self._tell_structure()
        for machine in MACHINES:
            await self.floor.panel(machine).idle()
        await self.modules.open()

    async def work(self, lots: int | None) -> None:
        """Send lots down the line: so many, or for ever."""
        going = {asyncio.create_task(self.modules.work(None if lots is None else BATCHES_ONCE))}
        number = 0
        while lots is None or number < lots:
            number += 1
            await self._create(number)
            journey = Journey(self, self.lot(number), number, Random(f"{self.seed}/{number}"))
            going.add(asyncio.create_task(journey.run()))
            self.truth.write()
            if len(going) > LOTS_AT_ONCE:
                done, going = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            await self.pause(START_EVERY_S)
        await asyncio.gather(*going)
        self.close_books()

    @property
    def untold(self) -> int:
        """How many facts and machine messages nobody has taken yet."""
        return self.mes.waiting + sum(wire.untold for wire in self.wires.values())

    def lot(self, number: int) -> str:
        """The name of the run's n-th lot."""
        return f"L{self.run}-{number:03d}"

    @property
    def tail_lot(self) -> str:
        """The lot that gathers what does not fill a reel."""
        return f"L{self.run}-TAIL"

    def paste_for(self, number: int) -> tuple[str, str]:
        """The paste lots that the n-th lot uses: two when the syringe runs out within it."""
        before = (number - 1) // LOTS_A_PASTE + 1
        changes = number % LOTS_A_PASTE == 0
        return self._paste(before), self._paste(before + 1 if changes else before)

    def _paste(self, number: int) -> str:
        return f"{PASTE}-{self.run}-{number:02d}"

    async def ship_when_full(self) -> None:
        """Ship to a customer whenever four reels stand ready."""
        while len(self.reels) >= 4:
            self.shipments += 1
            sent, self.reels = self.reels[:4], self.reels[4:]
            shipment = f"SH{self.run}-{self.shipments:03d}"
            customer = f"CUST-{'AB'[self.shipments % 2]}"
            contents = [{"container_id": reel} for reel in sent]
            await self.mes.tell("Shipped", shipment_id=shipment, customer_id=customer, contents=contents)
            self.truth.shipped[shipment] = {reel: self.truth.packed[reel] for reel in sent}

    def produced(self, step: Step, lot_id: str, number: int) -> None:
        """Drop the files that a machine leaves behind a lot."""
        chance = Random(f"{self.seed}/files/{number}/{step.operation}")
        if step.operation == "DIE_BONDING":
            for strip in bonded_strips(lot_id, self.stock, chance, conflicting=number == 1):
                self.truth.strips[strip.strip_id] = as_truth(strip)
                drop(self.folder / "drop", f"{strip.strip_id}.xml", e142.written(strip))
        elif step.operation == "TEST":
            content = stdf.written(self._test_run(lot_id, chance))
            whole = not self.faults.happens("cut_stdf")
            drop(self.folder / "drop", f"{lot_id}.stdf", content if whole else stdf.cut(content))

    def _test_run(self, lot_id: str, chance: Random) -> stdf.TestRun:
        finished = int(time.time())
        run = stdf.TestRun(lot_id, f"{lot_id}-FT", PRODUCT, "led-5050", finished - 60, finished)
        for at in range(64):
            passed = chance.random() > 0.05
            place = (at % 16, at // 16)
            run.touchdowns.append(stdf.Touchdown(*place, stdf.GOOD_BIN if passed else 5, passed))
            if not passed and chance.random() < 0.5:
                run.touchdowns.append(stdf.Touchdown(*place, stdf.GOOD_BIN, passed=True))
        return run

    async def _create(self, number: int) -> None:
        if number % LOTS_A_PASTE == 1:
            fresh = (number - 1) // LOTS_A_PASTE + 2
            for paste in range(1 if number == 1 else fresh, fresh + 1):
                await self.receive(self._paste(paste), PASTE, "G")
        order = f"ORD{self.run}-{(number - 1) // 4 + 1:02d}"
        if number % 4 == 1:
            due = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="milliseconds")
            customer = f"CUST-{'AB'[(number // 4) % 2]}"
            await self.mes.tell(
                "OrderReceived",
                order_id=order,
                customer_id=customer,
                product_id=PRODUCT,
                quantity=4 * UNITS,
                due_at=due,
            )
        lot = self.lot(number)
        await self.mes.tell("LotCreated", lot_id=lot, product_id=PRODUCT, order_id=order, quantity=UNITS)
        await self.mes.tell("LotReleased", lot_id=lot)
        self.truth.created(lot, UNITS)

    async def receive(self, material_lot: str, material: str, unit: str) -> None:
        """A material lot arrives in the store."""
        await self.mes.tell(
            "MaterialLotReceived",
            material_lot_id=material_lot,
            material_id=material,
            supplier_id="SUP-1",
            supplier_lot=f"S-{material_lot}",
            quantity=1000,
            unit=unit,
            location_id="STORE-1",
        )

    async def _tell_structure(self) -> None:
        for machine in MACHINES:
            await self.mes.tell(
                "EquipmentRegistered",
                equipment_id=machine.equipment_id,
                equipment_type=machine.equipment_type,
                line_id=LINE,
                site_id=SITE,
            )
        for material in MATERIALS:
            await self.mes.tell("MaterialDefined", **material)
        route = [{"operation": step.operation, "standard_cycle_s": step.seconds / UNITS} for step in ROUTE]
        await self.mes.tell("ProductDefined", product_id=PRODUCT, granularity="LOT", route=route, bom=BILL)
        await self.receive(f"AU-{self.run}-01", WIRE, "M")
        await self.receive(f"SI-{self.run}-01", ENCAPSULANT, "G")

    def close_books(self) -> None:
        """Write the last truth."""
        self.truth.sent = {self.mes.source: self.mes.sequence}
        self.truth.write()

    def close(self) -> None:
        """Switch everything off."""
        for wire in self.wires.values():
            wire.stop()
        self.scanner.close()

    def _panel(self, equipment_id: str) -> Panel:
        machine = next(one for one in MACHINES if one.equipment_id == equipment_id)
        wire = self.wires.get(equipment_id)
        if wire is not None:
            return HsmsPanel(machine, wire, self.truth, self.pause)
        scanner = self.scanner if equipment_id == "DB-02" else None
        return MesPanel(machine, self.mes, self.truth, self.faults, scanner, self.pause)

    def _write_whereabouts(self) -> None:
        ports = {name: wire.settings.port for name, wire in self.wires.items()}
        operations = {machine.equipment_id: machine.operation for machine in MACHINES}
        instances: list[dict[str, Any]] = [
            plant_file.bonder(name, port, operations[name]) for name, port in ports.items()
        ]
        instances.append(plant_file.scanner(self.folder / "scanner"))
        bonded = ("file-drop", "DIE_BONDING", "DB-01")
        placed = ("panel-drop", PLACER.operation, PLACER.equipment_id)
        instances.append(plant_file.dropped_files(self.folder / "drop", *bonded))
        instances.append(plant_file.dropped_files(self.modules.folder, *placed))
        plant_file.write(self.folder / "factory.yaml", instances)
        facts = {
            "run": self.run,
            "hsms": ports,
            "scanner": str(self.folder / "scanner"),
            "drop": str(self.folder / "drop"),
            "bad_material_lot": self.truth.bad_material_lot,
            "equipment": [machine.equipment_id for machine in MACHINES],
        }
        (self.folder / "simulator.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
