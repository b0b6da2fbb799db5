"""The plant's ledger: what really happened, whatever the twin hears of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any


@dataclass
class Batch:
    """The units of a lot, and how many of them really carry the bad paste."""

    units: int
    bad: int = 0


@dataclass
class Truth:
    """Every lot with its real carriers; written whole, so that a reader never sees half."""

    path: Path
    seed: int
    bad_material_lot: str
    lots: dict[str, Batch] = field(default_factory=dict)
    scrapped: dict[str, Batch] = field(default_factory=dict)
    packed: dict[str, Batch] = field(default_factory=dict)
    shipped: dict[str, dict[str, Batch]] = field(default_factory=dict)
    used_bad_paste: list[str] = field(default_factory=list)
    strips: dict[str, dict[str, Any]] = field(default_factory=dict)
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    bad_reflow: dict[str, Any] = field(default_factory=dict)
    bad_region: dict[str, Any] = field(default_factory=dict)
    suspicions: list[dict[str, str]] = field(default_factory=list)
    states: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)

    def created(self, lot: str, units: int) -> None:
        """A lot of clean units starts."""
        self.lots[lot] = Batch(units)

    def pasted(self, lot: str, bad_units: int) -> None:
        """So many units of a lot got the bad paste."""
        self.lots[lot].bad = bad_units
        self.used_bad_paste.append(lot)

    def taken(self, lot: str, units: int, chance: Random) -> Batch:
        """Units drawn blindly from a lot: the carriers among them fall as chance wills."""
        source = self.lots[lot]
        bad = sum(drawn < source.bad for drawn in chance.sample(range(source.units), units))
        source.units -= units
        source.bad -= bad
        return Batch(units, bad)

    def placed(self, lot: str, wafer: str, units: dict[str, tuple[int, int]]) -> None:
        """A lot of modules got its dies, each from its place on a wafer."""
        self.modules[lot] = {"wafer": wafer, "units": units}

    def reflowed_badly(self, machine: str, start: str, end: str, lots: list[str]) -> None:
        """These lots went through the oven while it was too cold."""
        units = [unit for lot in lots for unit in self.modules[lot]["units"]]
        self.bad_reflow = {"equipment_id": machine, "from": start, "to": end, "lots": lots[:], "units": units}

    def scratched(self, wafer: str, region: dict[str, int], units: list[str]) -> None:
        """These modules carry dies of a wafer's bad region."""
        known = self.bad_region.setdefault("units", [])
        self.bad_region.update({"substrate_id": wafer, **region, "units": known + units})

    def entered(self, machine: str, state: str, at: str) -> None:
        """A machine entered a state; only the last hundred are kept."""
        history = self.states.setdefault(machine, [])
        history.append((state, at))
        del history[:-100]

    def write(self) -> None:
        """Replace the file with the present truth."""
        content = {key: value for key, value in asdict(self).items() if key != "path"}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(content, indent=1), encoding="utf-8")
        fresh.replace(self.path)
