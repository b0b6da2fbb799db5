"""Materials, their lots, and who used them."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.things import ThingKind


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its unit of measure."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Material:
    """A material by name, with what is left of it in the plant."""

    material_id: str
    name: str | None = None
    kind: str = "OTHER"
    unit: str = "PCS"
    minimum_quantity: float | None = None
    on_hand: float = 0.0
    aliases: tuple[str, ...] = ()
    alias_of: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called, its own name first."""
        return tuple(dict.fromkeys((self.material_id, *self.aliases)))

    @property
    def low(self) -> bool:
        """Whether less is left than the minimum."""
        return self.minimum_quantity is not None and self.on_hand < self.minimum_quantity


@dataclass(frozen=True, slots=True)
class MaterialLot:
    """A supplier's lot, or one mixed from others."""

    material_lot_id: str
    material_id: str | None = None
    supplier_id: str | None = None
    supplier_lot: str | None = None
    received: Quantity | None = None
    consumed: Quantity | None = None
    returned: Quantity | None = None
    remaining: Quantity | None = None
    expires_at: Instant | None = None
    usable_from: Instant | None = None
    usable_until: Instant | None = None
    location: str | None = None
    inferred: bool = True


@dataclass(frozen=True, slots=True)
class Use:
    """One fact by which something went into something else."""

    user_kind: ThingKind
    user_key: str
    at: Instant
    event_id: str
    quantity: Quantity | None = None

    @property
    def kind(self) -> ThingKind:
        """What kind of thing used it."""
        return self.user_kind
