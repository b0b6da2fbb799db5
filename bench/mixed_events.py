"""The load every ingest figure uses: lots on their way through a line, mixed as a shift mixes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

_START: Final = datetime(2026, 3, 2, tzinfo=UTC)
EVENTS_A_LOT: Final = 12
LOTS_A_MATERIAL: Final = 50
_OPERATIONS: Final = ("DIE_BONDING", "WIRE_BONDING", "ENCAPSULATION")


def lot_events(lots: int, first: int = 0) -> list[bytes]:
    """Twelve events a lot, one line each: created, three operations, a split, completed."""
    return [
        msgspec.json.encode(event)
        for number, event in enumerate(_events(first, lots), start=first * EVENTS_A_LOT)
        for event in [{"event_id": f"bench-{number:08d}", "source": "bench", **event}]
    ]


def _events(first: int, lots: int) -> Iterator[dict[str, Any]]:
    for lot in range(first, first + lots):
        at = _START + timedelta(seconds=lot)
        name = f"BL{lot:06d}"
        yield _event("LotCreated", at, lot_id=name, product_id="BENCH-LED", quantity=1000)
        for step, operation in enumerate(_OPERATIONS):
            begun = at + timedelta(minutes=10 * step + 1)
            machine = f"{operation[:2]}-{lot % 20:02d}"
            run = {"lot_id": name, "operation": operation, "equipment_id": machine}
            yield _event("LotTrackedIn", begun, **run)
            yield _event(
                "MaterialConsumed",
                begun + timedelta(minutes=1),
                **run,
                material_lot_id=f"{operation[:2]}-MAT-{lot // LOTS_A_MATERIAL:04d}",
                quantity=1.5,
                unit="G",
                method="EQUIPMENT",
            )
            yield _event("LotTrackedOut", begun + timedelta(minutes=8), **run, good=1000 - step, scrap=1)
        child = [{"lot_id": f"{name}.A", "quantity": 400}]
        yield _event("LotSplit", at + timedelta(hours=1), parent_lot_id=name, children=child)
        yield _event("LotCompleted", at + timedelta(hours=2), lot_id=name, quality="PASS")


def _event(kind: str, at: datetime, **data: Any) -> dict[str, Any]:
    return {"type": kind, "occurred_at": at.isoformat(timespec="milliseconds"), "data": data}
