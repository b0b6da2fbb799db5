"""What goes wrong in a factory, by name, rate and seed (domain facts, failure injection)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

RATES: Final[dict[str, float]] = {
    "duplicate": 0.02,
    "late": 0.01,
    "missed_track_out": 0.01,
    "machine_stop": 0.08,
    "cut_stdf": 0.1,
}
"""Default share of the occasions on which each fault happens."""


@dataclass
class Faults:
    """Decides, by its own seed, when something goes wrong."""

    rates: dict[str, float]
    chance: Random

    @classmethod
    def of(cls, seed: int, switches: dict[str, float]) -> Faults:
        """The default rates with the given switches on top.

        Raises:
            ValueError: a switch has no such name.
        """
        unknown = sorted(set(switches) - set(RATES))
        if unknown:
            raise ValueError(f"no such fault: {unknown[0]}; there are {', '.join(RATES)}")
        return cls({**RATES, **switches}, Random(f"faults/{seed}"))

    def happens(self, name: str) -> bool:
        """Whether the fault of that name happens this time."""
        return self.chance.random() < self.rates[name]
