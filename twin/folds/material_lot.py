"""A material lot: what it is, how much is left, where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from decimal import Context, Decimal
from functools import reduce
from typing import Any, ClassVar, Final

from msgspec import field

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.material import (
    MaterialConsumed,
    MaterialLotReceived,
    MaterialMixed,
    MaterialMounted,
    MaterialMoved,
    MaterialReturned,
    MaterialThawed,
    MaterialUnmounted,
)
from twin.folds.fold import Fold, said
from twin.folds.pot_life import LAST_USED, Spell, Uses, used_too_early, used_too_late
from twin.folds.suspicion import Suspicion
from twin.vocabulary.instants import instant_of

_EXACT: Final = Context(prec=400)
"""More digits than the sum of any amounts has, so that an amount taken back leaves no trace."""


class MaterialLotFold(Fold):
    """A material lot as its events tell it; amounts are added exactly, so their order does not matter."""

    label: ClassVar[str] = "MaterialLot"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({MaterialLotReceived, MaterialMixed})

    used: Decimal = Decimal(0)
    uses: Uses = field(default_factory=Uses)

    def defines(self, event: Event) -> bool:
        """Receiving it, or mixing it, makes it known; giving to a mix does not."""
        return super().defines(event) and event.fact.material_lot_id == self.key  # type: ignore[attr-defined]

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What the event says of the material lot."""
        values: dict[str, Any] = {}
        match event.fact:
            case MaterialLotReceived() as fact:
                values = _arrived(fact) | said(fact, "supplier_id", "supplier_lot", "location_id")
            case MaterialMixed(material_lot_id=self.key) as fact:
                values = _arrived(fact)
            case MaterialConsumed() as fact:
                values = {"named_unit": fact.unit} | _named_material(fact)
            case MaterialMoved(location_id=location):
                values = {"location_id": location}
            case MaterialThawed() as fact:
                values = {
                    "usable_from_at": instant_of(fact.usable_from),
                    "usable_until_at": instant_of(fact.usable_until),
                }
            case MaterialMounted(equipment_id=equipment, position=position):
                values = {"mounted_on": equipment, "mounted_position": position}
            case MaterialUnmounted():
                values = {"mounted_on": None, "mounted_position": None}
        return values

    def step_back(self, event: Event) -> frozenset[str] | None:
        """Give back what the event took; a thawing divides all uses anew."""
        match event.fact:
            case MaterialConsumed(quantity=quantity):
                self.used = _EXACT.subtract(self.used, _exact(quantity))
                return self.uses.forget(event.occurred_at)
            case MaterialThawed():
                return None
            case MaterialReturned(quantity=quantity):
                self.used = _EXACT.add(self.used, _exact(quantity))
            case MaterialMixed() as fact:
                self.used = _EXACT.subtract(self.used, self._given(fact))
        return frozenset()

    def tell_again(self, event: Event, names: Set[str]) -> Set[str] | None:
        """Tell some names again; the last use is the first one found."""
        told = super().tell_again(event, names)
        if told is None or not isinstance(event.fact, MaterialConsumed) or not names >= LAST_USED:
            return told
        self.uses.use(event.occurred_at)
        return told | LAST_USED

    def step(self, event: Event) -> bool:
        """Add what the event took, and when."""
        match event.fact:
            case MaterialConsumed(quantity=quantity):
                self.used = _EXACT.add(self.used, _exact(quantity))
                self.uses.use(event.occurred_at)
            case MaterialThawed(usable_from=start, usable_until=end):
                return self.uses.thaw(Spell(event.occurred_at, instant_of(start), instant_of(end)))
            case MaterialReturned(quantity=quantity):
                self.used = _EXACT.subtract(self.used, _exact(quantity))
            case MaterialMixed() as fact:
                self.used = _EXACT.add(self.used, self._given(fact))
        return True

    def _given(self, mix: MaterialMixed) -> Decimal:
        if mix.material_lot_id == self.key:
            return Decimal(0)
        given = (part.quantity for part in mix.inputs if part.material_lot_id == self.key)
        return reduce(_EXACT.add, map(_exact, given), Decimal(0))

    def properties(self) -> dict[str, Any]:
        """The material lot as the graph stores it."""
        values = super().properties()
        received = values["received_quantity"]
        values["remaining_quantity"] = (
            None if received is None else max(float(_EXACT.subtract(_exact(received), self.used)), 0.0)
        )
        values["material_id"] = values["material_id"] or self.latest("named_material_id")
        values["unit"] = values["unit"] or self.latest("named_unit")
        return values

    def suspicions(self) -> tuple[Suspicion, ...]:
        """A material lot that nobody received or mixed, or that was used outside its time."""
        return tuple(self._suspicions())

    def _suspicions(self) -> Iterator[Suspicion]:
        thing = f"MATERIAL_LOT:{self.key}"
        if self.is_unknown:
            yield Suspicion(
                code="material_lot.unknown",
                about=self.key,
                message=f"Events name material lot {self.key}, and nobody received or mixed it.",
                things=(thing,),
                hint="Send MaterialLotReceived, or correct the label that was scanned.",
            )
        yield from self.dated_ahead("MATERIAL_LOT")
        if used_too_early(self.uses.spells):
            yield Suspicion(
                code="consumption.not_usable_yet",
                about=self.key,
                message=f"Material lot {self.key} was used before it had thawed.",
                things=(thing,),
                hint="Ask for the recall of this material lot: it lists the lots that used it too early.",
            )
        if used_too_late(self.uses, self.latest("expires_at")):
            yield Suspicion(
                code="consumption.expired",
                about=self.key,
                message=f"Material lot {self.key} was used after its expiry or its pot life.",
                things=(thing,),
                hint="Ask for the recall of this material lot: it lists the lots that used it too late.",
            )


def _exact(quantity: float) -> Decimal:
    return Decimal(str(quantity))


def _arrived(fact: MaterialLotReceived | MaterialMixed) -> dict[str, Any]:
    return {
        "material_id": fact.material_id,
        "received_quantity": float(fact.quantity),
        "unit": fact.unit,
        "expires_at": None if fact.expires_at is None else instant_of(fact.expires_at),
    }


def _named_material(fact: MaterialConsumed) -> dict[str, Any]:
    return {} if fact.material_id is None else {"named_material_id": fact.material_id}
