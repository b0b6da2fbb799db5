"""Single units and what was measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class Unit:
    """A singulated or marked unit; ``lot_id`` None after scrap."""

    unit_id: str
    lot_id: str | None = None
    substrate_id: str | None = None
    x: int | None = None
    y: int | None = None
    scrapped_at: Instant | None = None
    container_id: str | None = None
    shipment_id: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class TestResult:
    """One touchdown; ``final`` for the last attempt of its test operation."""

    __test__ = False

    operation: str
    attempt: int
    final: bool
    passed: bool
    hard_bin: int
    soft_bin: int
    at: Instant
    program: str | None = None
    values: dict[str, Any] | None = None
