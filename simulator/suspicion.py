"""A machine that stops over a lot: how a bad material, batch or wafer region first shows on the floor."""

from __future__ import annotations

from simulator.rest.mes import Mes, now
from simulator.truth import Truth


async def suspect(mes: Mes, truth: Truth, equipment_id: str, lot_id: str, reason: str, text: str) -> None:
    """The machine raises an alarm and keeps the lot for the engineers, until the run ends."""
    truth.suspicions.append({"equipment_id": equipment_id, "lot_id": lot_id, "text": text})
    truth.entered(equipment_id, "ENGINEERING", now())
    alarm = {"alarm_id": f"{equipment_id}/{mes.run}/{lot_id}", "code": reason, "text": text}
    await mes.tell("AlarmSet", **alarm, equipment_id=equipment_id, lot_id=lot_id)
    await mes.tell(
        "EquipmentStateChanged",
        equipment_id=equipment_id,
        state="ENGINEERING",
        lot_id=lot_id,
        reason_code=reason,
    )
