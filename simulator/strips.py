"""The strips of a lot as a die bonder fills them, with the conflicts that real maps show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from simulator.files.e142 import FAIL, PASS, Strip
from simulator.line import PRODUCT

COLUMNS: Final = 16
ROWS: Final = 4
WAFER_SIDE: Final = 48


@dataclass
class WaferStock:
    """The wafer that dies are picked from, die after die, row by row."""

    run: str
    number: int = 1
    picked: int = 0

    def pick(self) -> tuple[str, int, int]:
        """The next die: its wafer and its coordinates there."""
        if self.picked == WAFER_SIDE * WAFER_SIDE:
            self.number, self.picked = self.number + 1, 0
        y, x = divmod(self.picked, WAFER_SIDE)
        self.picked += 1
        return f"W{self.run}.{self.number:02d}", x, y


def bonded_strips(lot_id: str, stock: WaferStock, chance: Random, *, conflicting: bool) -> list[Strip]:
    """Two strips of a lot; the conflicting pair claims one die twice and fills a site twice."""
    strips = []
    for number in (1, 2):
        if WAFER_SIDE * WAFER_SIDE - stock.picked < COLUMNS * ROWS:
            stock.number, stock.picked = stock.number + 1, 0
        strips.append(_strip(f"{lot_id}-S{number}", lot_id, stock, chance))
    if conflicting:
        first, second = strips
        claimed = first.transfers[0]
        second.transfers[-1] = (claimed[0], claimed[1], second.transfers[-1][2], second.transfers[-1][3])
        moved, other = second.transfers[0], second.transfers[1]
        second.transfers[1] = (other[0], other[1], moved[2], moved[3])
    return strips


def _strip(strip_id: str, lot_id: str, stock: WaferStock, chance: Random) -> Strip:
    wafer = f"W{stock.run}.{stock.number:02d}"
    version = datetime.now(UTC).strftime("%Y%m%d%H%M%S") + "00"
    strip = Strip(strip_id, lot_id, PRODUCT, wafer, COLUMNS, ROWS, version=version)
    for y in range(ROWS):
        for x in range(COLUMNS):
            _wafer, from_x, from_y = stock.pick()
            good = chance.random() > 0.01
            strip.bins[x, y] = PASS if good else FAIL
            if good:
                strip.transfers.append((from_x, from_y, x, y))
    return strip


def as_truth(strip: Strip) -> dict[str, Any]:
    """What the ledger keeps of a strip."""
    return {"lot": strip.lot_id, "wafer": strip.wafer_id, "transfers": strip.transfers}
