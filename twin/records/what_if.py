"""A recall asked again with something changed, beside the answer as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.records.recall import AffectedLot, AffectedUnit, Exposure, RecallScope


@dataclass(frozen=True, slots=True)
class Variant:
    """What is changed: a window wider by minutes on both sides, one position, no re-inspected lots."""

    name: str
    minutes: int | None = None
    position: str | None = None
    exclude_reinspected: bool = False


@dataclass(frozen=True, slots=True)
class ChangedLot:
    """A lot in both answers, with other bounds."""

    lot_id: str
    before: AffectedLot
    now: AffectedLot
    base: Exposure = field(repr=False)
    exposure: Exposure = field(repr=False)


@dataclass(frozen=True, slots=True)
class Compared:
    """One variant beside the answer as it stands."""

    variant: Variant
    scope: RecallScope
    base: Exposure
    exposure: Exposure
    low: int
    high: int
    added: tuple[AffectedLot, ...]
    removed: tuple[AffectedLot, ...]
    changed: tuple[ChangedLot, ...]
    added_units: tuple[AffectedUnit, ...]
    removed_units: tuple[AffectedUnit, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer as it stands, and its variants."""

    scope: RecallScope
    exposure: Exposure
    variants: tuple[Compared, ...]
