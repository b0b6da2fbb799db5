"""What was measured on lots, substrates and units."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One value of one characteristic, with the limits it was held against."""

    event_id: str
    at: Instant
    equipment_id: str
    characteristic: str
    value: float
    unit: str
    lower: float | None
    upper: float | None
    lot_id: str | None
    substrate_id: str | None
    unit_id: str | None

    @property
    def within(self) -> bool | None:
        """Whether it keeps its limits; None where it has none."""
        if self.lower is None and self.upper is None:
            return None
        is_low = self.lower is not None and self.value < self.lower
        is_high = self.upper is not None and self.value > self.upper
        return not (is_low or is_high)
