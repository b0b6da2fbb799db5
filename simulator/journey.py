"""One lot's way through the line, from its first machine to the customer."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from simulator.line import (
    ENCAPSULANT,
    FIRST_ALL_BAD,
    PASTE,
    REEL_SIZE,
    ROUTE,
    SHEAR_TESTER,
    WIRE,
    Machine,
    Step,
)
from simulator.rest.mes import now
from simulator.suspicion import suspect

if TYPE_CHECKING:
    from simulator.factory import Factory


@dataclass
class Journey:
    """Carries one lot along the route; every number it needs comes from its own seed."""

    plant: Factory
    lot_id: str
    number: int
    chance: Random

    async def run(self) -> None:
        """Work the lot from die bonding to the reel."""
        for step in ROUTE:
            async with self.plant.floor.machine_for(step.operation) as machine:
                await self._work(step, machine)
            if step.operation == "DIE_BONDING" and self.number == FIRST_ALL_BAD:
                await self._sheared()
            if step.operation == "WIRE_BONDING" and self.number % 3 == 0:
                await self._split()
        await self.plant.mes.tell("LotCompleted", lot_id=self.lot_id, quality="PASS")
        await self._pack()

    async def _sheared(self) -> None:
        """The shear test of the first lot that has nothing but the bad paste fails."""
        text = f"Die shear too low in {self.lot_id}"
        await suspect(self.plant.mes, self.plant.truth, SHEAR_TESTER, self.lot_id, "DIE_SHEAR_LOW", text)

    async def _work(self, step: Step, machine: Machine) -> None:
        units = self.plant.truth.lots[self.lot_id].units
        if units == 0:
            return
        panel = self.plant.floor.panel(machine)
        await panel.lot_started(self.lot_id)
        await self._consume(step, machine)
        await self.plant.pause(step.seconds * self.chance.uniform(0.8, 1.2))
        if self.plant.faults.happens("machine_stop"):
            await panel.stopped_for_a_while()
        scrap = sum(self.chance.random() < step.scrap_ratio for _ in range(units))
        drawn = self.plant.truth.taken(self.lot_id, scrap, self.chance)
        lost = self.plant.truth.scrapped.setdefault(self.lot_id, type(drawn)(0))
        lost.units += drawn.units
        lost.bad += drawn.bad
        self.plant.produced(step, self.lot_id, self.number)
        await panel.lot_ended(self.lot_id, units - scrap, scrap)

    async def _consume(self, step: Step, machine: Machine) -> None:
        if step.operation == "DIE_BONDING":
            await self._paste(machine)
        elif step.operation in {"WIRE_BONDING", "ENCAPSULATION"}:
            material = WIRE if step.operation == "WIRE_BONDING" else ENCAPSULANT
            lot = f"{'AU' if material == WIRE else 'SI'}-{self.plant.run}-01"
            await self._tell_consumed(step.operation, machine, material, lot)

    async def _paste(self, machine: Machine) -> None:
        before, after = self.plant.paste_for(self.number)
        units = self.plant.truth.lots[self.lot_id].units
        bad = self.plant.truth.bad_material_lot
        if before == after:
            carriers = units if after == bad else 0
        else:
            share = self.chance.randrange(1, units)
            carriers = share if after == bad else (units - share if before == bad else 0)
        if carriers:
            self.plant.truth.pasted(self.lot_id, carriers)
        for paste in dict.fromkeys((before, after)):
            if machine.equipment_id == "DB-02":
                await self.plant.scanner.scan(f"MAT|{PASTE}|{paste}|2.5")
            else:
                await self._tell_consumed("DIE_BONDING", machine, PASTE, paste)

    async def _tell_consumed(self, operation: str, machine: Machine, material: str, lot: str) -> None:
        await self.plant.mes.tell(
            "MaterialConsumed",
            lot_id=self.lot_id,
            operation=operation,
            material_lot_id=lot,
            material_id=material,
            quantity=2.5,
            unit="M" if material == WIRE else "G",
            equipment_id=machine.equipment_id,
            method="EQUIPMENT",
        )

    async def _split(self) -> None:
        truth = self.plant.truth
        child = f"{self.lot_id}.A"
        quantity = truth.lots[self.lot_id].units * 3 // 10
        if quantity == 0:
            return
        children = [{"lot_id": child, "quantity": quantity}]
        await self.plant.mes.tell("LotSplit", parent_lot_id=self.lot_id, children=children)
        truth.lots[child] = truth.taken(self.lot_id, quantity, self.chance)

    async def _pack(self) -> None:
        truth = self.plant.truth
        for number in range(1, truth.lots[self.lot_id].units // REEL_SIZE + 1):
            reel = f"R-{self.lot_id}-{number}"
            contents = [{"lot_id": self.lot_id, "quantity": REEL_SIZE}]
            await self.plant.mes.tell("Packed", container_id=reel, kind="REEL", contents=contents)
            truth.packed[reel] = truth.taken(self.lot_id, REEL_SIZE, self.chance)
            self.plant.reels.append(reel)
        left = truth.lots[self.lot_id].units
        if left:
            await self._merge_tail(left)
        await self.plant.ship_when_full()

    async def _merge_tail(self, left: int) -> None:
        truth = self.plant.truth
        tail = self.plant.tail_lot
        parents = [{"lot_id": self.lot_id, "quantity": left}]
        await self.plant.mes.tell("LotsMerged", now(), into_lot_id=tail, parents=parents, reason="TAIL")
        moved = truth.taken(self.lot_id, left, self.chance)
        into = truth.lots.setdefault(tail, type(moved)(0))
        into.units += moved.units
        into.bad += moved.bad
