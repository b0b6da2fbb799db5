"""An exposure and a walk as the schema shows them: each row still knows the whole it is part of."""

from __future__ import annotations

from dataclasses import dataclass

from twin.records.answer import Answer
from twin.records.genealogy import DrawnEdge, LineageNode
from twin.records.page import Cursor
from twin.records.recall import (
    AffectedCustomer,
    AffectedLot,
    AffectedMaterialLot,
    AffectedOrder,
    AffectedShipment,
    AffectedUnit,
    DispositionBound,
    EvidencePath,
    Exposure,
    RecallTotals,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty
from twin.vocabulary.things import Thing, ThingKind


@dataclass(frozen=True, slots=True)
class ShownPath:
    """One way from the seed to a thing."""

    steps: EvidencePath


@dataclass(frozen=True, slots=True)
class ShownLot:
    """A reached lot, with the exposure that knows its evidence."""

    row: AffectedLot
    exposure: Exposure

    @property
    def lot_id(self) -> str:
        """The lot."""
        return self.row.lot_id

    @property
    def since(self) -> Instant:
        """Since when."""
        return self.row.since

    @property
    def certainty(self) -> Certainty:
        """Whether it surely carries some."""
        return self.row.certainty

    @property
    def low(self) -> int:
        """Units, at least."""
        return self.row.low

    @property
    def high(self) -> int:
        """Units, at most."""
        return self.row.high

    @property
    def quantity(self) -> int:
        """Units of the lot."""
        return self.row.quantity

    @property
    def dispositions(self) -> tuple[DispositionBound, ...]:
        """The same units by where they are."""
        return tuple(self.row.dispositions)

    @property
    def thing(self) -> Thing:
        """What evidence is asked for."""
        return Thing(ThingKind.LOT, self.row.lot_id)


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """A reached unit, with the exposure that knows its evidence."""

    row: AffectedUnit
    exposure: Exposure

    @property
    def unit_id(self) -> str:
        """The unit."""
        return self.row.unit_id

    @property
    def certainty(self) -> Certainty:
        """Whether it surely carries it."""
        return self.row.certainty

    @property
    def thing(self) -> Thing:
        """What evidence is asked for."""
        return Thing(ThingKind.UNIT, self.row.unit_id)


@dataclass(frozen=True, slots=True)
class RecallImpact:
    """An exposure with what the answer says about itself; ``name`` binds cursors to the question."""

    name: str
    exposure: Exposure
    answer: Answer

    @property
    def totals(self) -> RecallTotals:
        """The sums."""
        return self.exposure.totals

    @property
    def shipments(self) -> tuple[AffectedShipment, ...]:
        """The shipments reached."""
        return self.exposure.shipments

    @property
    def orders(self) -> tuple[AffectedOrder, ...]:
        """The orders reached."""
        return self.exposure.orders

    @property
    def customers(self) -> tuple[AffectedCustomer, ...]:
        """The customers reached."""
        return self.exposure.customers

    @property
    def material_lots(self) -> tuple[AffectedMaterialLot, ...]:
        """The material lots that carry it."""
        return self.exposure.material_lots


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Things of a walk drawn as one, and how to see them."""

    kind: ThingKind
    key: str
    level: int
    order: int
    count: int
    until: Instant | None
    since: Instant | None
    continue_: Cursor


@dataclass(frozen=True, slots=True)
class Genealogy:
    """One page of a walk."""

    root: LineageNode
    nodes: tuple[LineageNode, ...]
    groups: tuple[ShownGroup, ...]
    edges: tuple[DrawnEdge, ...]
    answer: Answer
