"""The module line on paper: machines, panels, wafers, and what is planted there (figures are choices)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulator.line import Machine

LINE: Final = "LINE-2"
PRODUCT: Final = "SENSOR-MODULE-8"
CUSTOMER: Final = "CUST-C"
SOLDER: Final = {"material_id": "SN-PASTE", "kind": "EPOXY", "unit": "G", "name": "Solder paste"}
COLUMNS: Final = 8
ROWS: Final = 4
UNITS: Final = COLUMNS * ROWS
WAFER_SIDE: Final = 16
LOTS_A_WAFER: Final = WAFER_SIDE * WAFER_SIDE // UNITS
LOTS_A_BATCH: Final = 2
BATCHES_ONCE: Final = 3
BAD_BATCH: Final = 2

PLACER: Final = Machine("PP-01", "PICK_AND_PLACE", "PICK_AND_PLACE", "MES")
OVEN: Final = Machine("RO-01", "REFLOW_OVEN", "REFLOW", "MES")
TESTER: Final = Machine("FT-01", "MODULE_TESTER", "MODULE_TEST", "MES")
XRAY: Final = Machine("XR-01", "XRAY", "XRAY_INSPECTION", "MES")
MICROSCOPE: Final = Machine("FA-01", "MICROSCOPE", "FAILURE_ANALYSIS", "MES")
MACHINES: Final = (PLACER, OVEN, TESTER, XRAY, MICROSCOPE)
SECONDS: Final = {"PICK_AND_PLACE": 6.0, "REFLOW": 16.0, "MODULE_TEST": 5.0}
BILL: Final = (
    {"material_id": SOLDER["material_id"], "quantity": 0.05, "unit": "G", "operation": "PICK_AND_PLACE"},
)
"""What one module takes."""


@dataclass(frozen=True)
class Region:
    """A box of a wafer's dies, its bounds inclusive."""

    x_min: int
    x_max: int
    y_min: int
    y_max: int

    def holds(self, x: int, y: int) -> bool:
        """Whether a die lies in it."""
        return self.x_min <= x <= self.x_max and self.y_min <= y <= self.y_max

    def __str__(self) -> str:
        """As an engineer writes it."""
        return f"x {self.x_min}-{self.x_max}, y {self.y_min}-{self.y_max}"


SCRATCH: Final = Region(12, 15, 0, 5)
"""The bad dies of each run's first module wafer."""


@dataclass(frozen=True)
class Placed:
    """One module: its code, where it stands on the panel, and the die that it carries."""

    unit_id: str
    x: int
    y: int
    from_x: int
    from_y: int


def placed_on(lot_id: str, number: int) -> list[Placed]:
    """The modules of the n-th lot, die after die, row by row of the wafer and of the panel."""
    first_row = (number - 1) % LOTS_A_WAFER * (UNITS // WAFER_SIDE)
    return [
        Placed(
            f"{lot_id}-U{at + 1:02d}",
            at % COLUMNS,
            at // COLUMNS,
            at % WAFER_SIDE,
            first_row + at // WAFER_SIDE,
        )
        for at in range(UNITS)
    ]
