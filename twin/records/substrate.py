"""Wafers, strips and the like, their maps, and the dies that moved between them."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import SubstrateKind


@dataclass(frozen=True, slots=True)
class BinDefinition:
    """What a bin code of a map means."""

    bin: int
    quality: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class BinCount:
    """How many sites of a map carry a bin code."""

    bin: int
    count: int


@dataclass(frozen=True, slots=True)
class SubstrateMap:
    """The latest map of a substrate; ``bins`` is base64 of little-endian uint16, row by row."""

    columns: int
    rows: int
    origin: str
    axis: str
    orientation_deg: int
    first_x: int
    first_y: int
    null_bin: int
    bins: str
    legend: tuple[BinDefinition, ...]
    bin_counts: tuple[BinCount, ...]
    mapped_at: Instant


@dataclass(frozen=True, slots=True)
class Substrate:
    """Something that dies stand on."""

    substrate_id: str
    kind: SubstrateKind = SubstrateKind.WAFER
    lot_id: str | None = None
    material_lot_id: str | None = None
    columns: int | None = None
    rows: int | None = None
    map: SubstrateMap | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A die moved from its site to another; ``conflict`` when another fact contradicts it."""

    from_substrate_id: str
    from_x: int
    from_y: int
    to_substrate_id: str
    x: int
    y: int
    at: Instant
    event_id: str
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Die:
    """One site of a substrate."""

    substrate_id: str
    x: int
    y: int
    bin: int | None = None
    quality: str | None = None

    @property
    def key(self) -> str:
        """Its substrate and its coordinates there."""
        return f"{self.substrate_id}@{self.x},{self.y}"
