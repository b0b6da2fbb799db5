"""Reels, boxes and shipments, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class ContainerContent:
    """Part of a lot, one unit, or a whole container."""

    quantity: int
    lot_id: str | None = None
    unit_id: str | None = None
    container_id: str | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """Something that finished goods are packed in."""

    container_id: str
    kind: str = "BOX"
    label: str | None = None
    packed_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods that left the plant for a customer."""

    shipment_id: str
    shipped_at: Instant
    customer_id: str | None = None
    order_id: str | None = None
    carrier_reference: str | None = None
