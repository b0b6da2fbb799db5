"""What a recall asks, and everything it answers (semantics.md sections 4 to 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from msgspec import Struct

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty, Disposition
from twin.vocabulary.things import Thing


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the factory's clock, [start, end); an open side is unlimited."""

    start: Instant | None = None
    end: Instant | None = None


@dataclass(frozen=True, slots=True)
class MaterialLotScope:
    """A suspect material lot, always or from a moment on."""

    material_lot_id: str
    start: Instant | None = None


@dataclass(frozen=True, slots=True)
class EquipmentScope:
    """Every run on a machine, or on one of its positions, within a window."""

    equipment_id: str
    window: Window = field(default_factory=Window)
    position: str | None = None


@dataclass(frozen=True, slots=True)
class LotScope:
    """A suspect lot, from its first units or from a moment on."""

    lot_id: str
    start: Instant | None = None


@dataclass(frozen=True, slots=True)
class RecipeVersionScope:
    """Every run that used a recipe version and started within a window."""

    recipe_id: str
    version: str
    window: Window = field(default_factory=Window)


@dataclass(frozen=True, slots=True)
class OperatorScope:
    """Every run of an operator within a window."""

    operator_id: str
    window: Window = field(default_factory=Window)


@dataclass(frozen=True, slots=True)
class ToolScope:
    """Every run on a machine while a tool was mounted there."""

    tool_id: str
    window: Window = field(default_factory=Window)


@dataclass(frozen=True, slots=True)
class WaferScope:
    """The dies of a wafer inside a region (bounds inclusive) and with one of the bins; both apply."""

    substrate_id: str
    x_min: int | None = None
    x_max: int | None = None
    y_min: int | None = None
    y_max: int | None = None
    bins: tuple[int, ...] | None = None


RecallScope: TypeAlias = (
    MaterialLotScope | EquipmentScope | LotScope | RecipeVersionScope | OperatorScope | ToolScope | WaferScope
)


@dataclass(frozen=True, slots=True)
class DispositionBound:
    """How many suspect units are, at least and at most, at one kind of place."""

    disposition: Disposition
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AffectedLot:
    """A lot that may carry the suspect: between ``low`` and ``high`` of its ``quantity`` units."""

    lot_id: str
    since: Instant
    certainty: Certainty
    low: int
    high: int
    quantity: int
    dispositions: Sequence[DispositionBound]


class AffectedUnit(Struct, frozen=True, gc=False):
    """One unit that carries, or may carry, the suspect."""

    unit_id: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class AffectedOrder:
    """An order that exposed lots or parts serve."""

    order_id: str
    certainty: Certainty
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AffectedShipment:
    """A shipment that took exposed parts."""

    shipment_id: str
    certainty: Certainty
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AffectedCustomer:
    """A customer of reached orders and shipments, with the number of each."""

    customer_id: str
    certainty: Certainty
    orders: int
    shipments: int


@dataclass(frozen=True, slots=True)
class AffectedMaterialLot:
    """An exposed material lot; ``since`` None means always."""

    material_lot_id: str
    since: Instant | None


@dataclass(frozen=True, slots=True)
class RecallTotals:
    """The sums over all reached things."""

    low: int
    high: int
    lots: int
    definite_lots: int
    possible_lots: int
    orders: int
    customers: int
    shipments: int
    by_disposition: tuple[DispositionBound, ...]


@dataclass(frozen=True, slots=True)
class LineageFinding:
    """Something in the counted events that does not fit, and the things it touches."""

    code: str
    things: tuple[Thing, ...]
    message: str
    at: Instant
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceStep:
    """One fact that carried the suspect from one thing to the next."""

    relation: str
    source: Thing
    target: Thing
    at: Instant
    event_id: str


EvidencePath: TypeAlias = tuple[EvidenceStep, ...]


class Witness(Protocol):
    """Who can say how the suspect reached a thing."""

    def paths(self, thing: Thing, *, every: bool, limit: int) -> Sequence[EvidencePath]:
        """The shortest path from the seed to a thing, or the distinct paths, shortest first."""
        ...


@dataclass(frozen=True, slots=True)
class Exposure:
    """Everything that may carry the suspect, with bounds; rows are sorted by id.

    ``complete`` is false with the reason in ``limit_hit`` when the answer may miss something.
    """

    lots: Sequence[AffectedLot]
    units: Sequence[AffectedUnit]
    totals: RecallTotals
    orders: tuple[AffectedOrder, ...]
    customers: tuple[AffectedCustomer, ...]
    shipments: tuple[AffectedShipment, ...]
    material_lots: tuple[AffectedMaterialLot, ...]
    findings: tuple[LineageFinding, ...]
    complete: bool
    limit_hit: str | None
    witness: Witness = field(compare=False, repr=False)

    def evidence(self, thing: Thing, *, every: bool = False, limit: int = 10) -> tuple[EvidencePath, ...]:
        """How the suspect reached a listed lot, unit or the like; a seed itself has the empty path."""
        return tuple(self.witness.paths(thing, every=every, limit=limit))
