"""The module line at work: dies onto panels, panels through one oven in batches, modules to a customer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from simulator.files import e142
from simulator.files.drop import drop
from simulator.floor import OPERATOR, MesPanel
from simulator.line import SITE, Machine
from simulator.module_plan import (
    BAD_BATCH,
    BILL,
    COLUMNS,
    CUSTOMER,
    LINE,
    LOTS_A_BATCH,
    LOTS_A_WAFER,
    MACHINES,
    MICROSCOPE,
    OVEN,
    PLACER,
    PRODUCT,
    ROWS,
    SCRATCH,
    SECONDS,
    SOLDER,
    TESTER,
    UNITS,
    XRAY,
    Placed,
    placed_on,
)
from simulator.rest.mes import now
from simulator.suspicion import suspect

if TYPE_CHECKING:
    from simulator.factory import Factory

_PAUSE_S: Final = 10.0


class ModuleLine:
    """Sends batch after batch of module lots through its machines; every module is known by its code."""

    def __init__(self, plant: Factory) -> None:
        self.plant, self.mes, self.truth = plant, plant.mes, plant.truth
        self.folder = plant.folder / "panels"
        self.folder.mkdir(exist_ok=True)
        self._panels = {
            machine: MesPanel(machine, plant.mes, plant.truth, plant.faults, None, plant.pause)
            for machine in MACHINES
        }

    async def open(self) -> None:
        """Switch the machines on and tell what stands there."""
        for machine in MACHINES:
            await self.mes.tell(
                "EquipmentRegistered",
                equipment_id=machine.equipment_id,
                equipment_type=machine.equipment_type,
                line_id=LINE,
                site_id=SITE,
            )
        route = [
            {"operation": each, "standard_cycle_s": seconds / UNITS} for each, seconds in SECONDS.items()
        ]
        await self.mes.tell("ProductDefined", product_id=PRODUCT, granularity="UNIT", route=route, bom=BILL)
        await self.mes.tell("MaterialDefined", **SOLDER)
        await self.plant.receive(f"SN-{self.plant.run}-01", SOLDER["material_id"], "G")
        for panel in self._panels.values():
            await panel.idle()

    async def work(self, batches: int | None) -> None:
        """Send batches down the line: so many, or for ever."""
        number = 0
        while batches is None or number < batches:
            number += 1
            await self._batch(number)
            await self.plant.pause(_PAUSE_S)

    def lot(self, number: int) -> str:
        """The name of the run's n-th module lot."""
        return f"M{self.plant.run}-{number:03d}"

    async def _batch(self, batch: int) -> None:
        first = (batch - 1) * LOTS_A_BATCH + 1
        numbers = range(first, first + LOTS_A_BATCH)
        await self._order(batch)
        for number in numbers:
            await self._place(number, batch)
        lots = [self.lot(number) for number in numbers]
        await self._reflow(batch, lots)
        if batch == BAD_BATCH:
            text = f"Solder voids after reflow in {lots[0]}"
            await suspect(self.mes, self.truth, XRAY.equipment_id, lots.pop(0), "SOLDER_VOIDS", text)
        for lot_id in lots:
            await self._test(lot_id)
        await self._ship(batch, lots)
        if batch == 1:
            text = f"Scratched dies on wafer {self._wafer(1)}, {SCRATCH}"
            await suspect(self.mes, self.truth, MICROSCOPE.equipment_id, lots[-1], "DIE_SCRATCH", text)

    async def _order(self, batch: int) -> None:
        await self.mes.tell(
            "OrderReceived",
            order_id=f"ORM{self.plant.run}-{batch:02d}",
            customer_id=CUSTOMER,
            product_id=PRODUCT,
            quantity=LOTS_A_BATCH * UNITS,
            due_at=(datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="milliseconds"),
        )

    async def _place(self, number: int, batch: int) -> None:
        lot_id, order = self.lot(number), f"ORM{self.plant.run}-{batch:02d}"
        await self.mes.tell("LotCreated", lot_id=lot_id, product_id=PRODUCT, order_id=order, quantity=UNITS)
        await self.mes.tell("LotReleased", lot_id=lot_id)
        panel = self._panels[PLACER]
        await panel.lot_started(lot_id)
        await self.mes.tell(
            "MaterialConsumed",
            lot_id=lot_id,
            operation=PLACER.operation,
            material_lot_id=f"SN-{self.plant.run}-01",
            material_id=SOLDER["material_id"],
            quantity=1.5,
            unit="G",
            equipment_id=PLACER.equipment_id,
            method="EQUIPMENT",
        )
        await self._worked(PLACER)
        await self._filled(number, lot_id)
        await panel.lot_ended(lot_id, UNITS, 0)

    async def _filled(self, number: int, lot_id: str) -> None:
        wafer, panel_id = self._wafer(number), f"{lot_id}-P1"
        modules = placed_on(lot_id, number)
        drop(self.folder, f"{panel_id}.xml", e142.written(_map_of(panel_id, lot_id, wafer, modules)))
        self.truth.placed(lot_id, wafer, {one.unit_id: (one.from_x, one.from_y) for one in modules})
        if number <= LOTS_A_WAFER:
            bad = [one.unit_id for one in modules if SCRATCH.holds(one.from_x, one.from_y)]
            self.truth.scratched(wafer, asdict(SCRATCH), bad)
        await self.mes.tell("SubstrateRegistered", substrate_id=panel_id, kind="STRIP", lot_id=lot_id)
        units = [{"unit_id": one.unit_id, "x": one.x, "y": one.y} for one in modules]
        await self.mes.tell("UnitsIdentified", lot_id=lot_id, substrate_id=panel_id, units=units)

    async def _reflow(self, batch: int, lots: list[str]) -> None:
        """All lots of a batch enter and leave the oven in the same moments."""
        start = now()
        run = {"operation": OVEN.operation, "equipment_id": OVEN.equipment_id, "operator_id": OPERATOR}
        recipe = {"recipe_id": "R-REFLOW", "recipe_version": "1"}
        for lot_id in lots:
            await self.mes.tell("LotTrackedIn", start, lot_id=lot_id, **run, **recipe)
        await self._oven_is("PRODUCTIVE", lots[0])
        await self._worked(OVEN)
        end = now()
        for lot_id in lots:
            await self.mes.tell("LotTrackedOut", end, lot_id=lot_id, **run, good=UNITS)
        await self._panels[OVEN].idle()
        if batch == BAD_BATCH:
            self.truth.reflowed_badly(OVEN.equipment_id, start, end, lots)

    async def _oven_is(self, state: str, lot_id: str) -> None:
        self.truth.entered(OVEN.equipment_id, state, now())
        await self.mes.tell(
            "EquipmentStateChanged", equipment_id=OVEN.equipment_id, state=state, lot_id=lot_id
        )

    async def _test(self, lot_id: str) -> None:
        await self._panels[TESTER].lot_started(lot_id)
        await self._worked(TESTER)
        await self._panels[TESTER].lot_ended(lot_id, UNITS, 0)
        await self.mes.tell("LotCompleted", lot_id=lot_id, quality="PASS")
        contents = [{"unit_id": unit} for unit in self.truth.modules[lot_id]["units"]]
        await self.mes.tell("Packed", container_id=f"T-{lot_id}", kind="TRAY", contents=contents)

    async def _ship(self, batch: int, lots: list[str]) -> None:
        contents = [{"container_id": f"T-{lot_id}"} for lot_id in lots]
        shipment = f"SM{self.plant.run}-{batch:03d}"
        await self.mes.tell("Shipped", shipment_id=shipment, customer_id=CUSTOMER, contents=contents)

    async def _worked(self, machine: Machine) -> None:
        await self.plant.pause(SECONDS[machine.operation])

    def _wafer(self, number: int) -> str:
        return f"WM{self.plant.run}.{(number - 1) // LOTS_A_WAFER + 1:02d}"


def _map_of(panel_id: str, lot_id: str, wafer: str, modules: list[Placed]) -> e142.Strip:
    moment = datetime.now(UTC)
    version = moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 1000:03d}"
    panel = e142.Strip(panel_id, lot_id, PRODUCT, wafer, COLUMNS, ROWS, version=version)
    for one in modules:
        panel.bins[one.x, one.y] = e142.PASS
        panel.transfers.append((one.from_x, one.from_y, one.x, one.y))
    return panel
