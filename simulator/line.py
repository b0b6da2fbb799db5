"""The LED packaging line: its machines, its route, its rates and yields (all figures are choices)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LINE: Final = "LINE-1"
SITE: Final = "PLANT-1"
PRODUCT: Final = "LED-5050-RGB"
PASTE: Final = "AG-PASTE"
WIRE: Final = "AU-WIRE"
ENCAPSULANT: Final = "SILICONE-MIX"
REEL_SIZE: Final = 200
LOTS_A_PASTE: Final = 3
BAD_PASTE: Final = 2
FIRST_ALL_BAD: Final = (BAD_PASTE - 1) * LOTS_A_PASTE + 1
SHEAR_TESTER: Final = "AO-01"


@dataclass(frozen=True)
class Machine:
    """One machine of the line; ``wire`` says how the factory hears it."""

    equipment_id: str
    equipment_type: str
    operation: str
    wire: str


@dataclass(frozen=True)
class Step:
    """One operation of the route: how long a lot takes, and what share of its units fails there."""

    operation: str
    seconds: float
    scrap_ratio: float


ROUTE: Final = (
    Step("DIE_BONDING", 24.0, 0.004),
    Step("WIRE_BONDING", 28.0, 0.003),
    Step("ENCAPSULATION", 14.0, 0.002),
    Step("CURING", 30.0, 0.0),
    Step("TEST", 16.0, 0.005),
    Step("TAPING", 12.0, 0.0),
)

MACHINES: Final = (
    Machine("DB-01", "DIE_BONDER", "DIE_BONDING", "HSMS"),
    Machine("DB-02", "DIE_BONDER", "DIE_BONDING", "MES"),
    Machine("WB-01", "WIRE_BONDER", "WIRE_BONDING", "HSMS"),
    Machine("WB-02", "WIRE_BONDER", "WIRE_BONDING", "MES"),
    Machine("EN-01", "DISPENSER", "ENCAPSULATION", "MES"),
    Machine("OV-01", "OVEN", "CURING", "MES"),
    Machine("OV-02", "OVEN", "CURING", "MES"),
    Machine("TS-01", "TESTER", "TEST", "MES"),
    Machine("TP-01", "TAPER", "TAPING", "MES"),
    Machine("AO-01", "INSPECTION", "INSPECTION", "MES"),
)

MATERIALS: Final = (
    {
        "material_id": PASTE,
        "kind": "EPOXY",
        "unit": "G",
        "name": "Silver paste",
        "aliases": ["SILVER-PASTE-84"],
    },
    {"material_id": WIRE, "kind": "WIRE", "unit": "M", "name": "Gold wire 25 um"},
    {"material_id": ENCAPSULANT, "kind": "ENCAPSULANT", "unit": "G", "name": "Silicone with phosphor"},
)

BILL: Final = (
    {"material_id": PASTE, "quantity": 0.004, "unit": "G", "operation": "DIE_BONDING"},
    {"material_id": WIRE, "quantity": 0.004, "unit": "M", "operation": "WIRE_BONDING"},
    {"material_id": ENCAPSULANT, "quantity": 0.004, "unit": "G", "operation": "ENCAPSULATION"},
)
"""What one unit takes."""


def machines_for(operation: str) -> list[Machine]:
    """The machines that can do an operation."""
    return [machine for machine in MACHINES if machine.operation == operation]
