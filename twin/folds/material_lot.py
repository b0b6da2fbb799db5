"""A material lot: what it is, how much is left, where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Any, ClassVar

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
from twin.vocabulary.quantities import EXACT, base_of, exact, in_unit


class MaterialLotFold(Fold):
    """A material lot as its events tell it; amounts are added exactly, so their order does not matter."""

    label: ClassVar[str] = "MaterialLot"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({MaterialLotReceived, MaterialMixed})

    used: dict[str, Decimal] = field(default_factory=dict)
    returned: dict[str, Decimal] = field(default_factory=dict)
    """What lots and mixes took, and what came back, by what the units are multiples of."""
    uses: Uses = field(default_factory=Uses)

    def defines(self, event: Event) -> bool:
        """Receiving it, or mixing it, makes it known; giving to a mix does not."""
        return super().defines(event) and event.fact.material_lot_id == self.key  # type: ignore[attr-defined]

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What the event says of the material lot."""
        values: dict[str, Any] = {"named_unit": unit for _, unit in _taken(event.fact, self.key)}  # noqa: B035
        match event.fact:
            case MaterialLotReceived() as fact:
                values = _arrived(fact) | said(fact, "supplier_id", "supplier_lot", "location_id")
            case MaterialMixed(material_lot_id=self.key) as fact:
                values = _arrived(fact)
            case MaterialConsumed(material_id=str() as material):
                values["named_material_id"] = material
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
        if isinstance(event.fact, MaterialThawed):
            return None
        self._book(event.fact, -1)
        if isinstance(event.fact, MaterialConsumed):
            return self.uses.forget(event.occurred_at)
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
        self._book(event.fact, 1)
        match event.fact:
            case MaterialConsumed():
                self.uses.use(event.occurred_at)
            case MaterialThawed(usable_from=start, usable_until=end):
                return self.uses.thaw(Spell(event.occurred_at, instant_of(start), instant_of(end)))
        return True

    def _book(self, fact: Fact, sign: int) -> None:
        sums = self.returned if isinstance(fact, MaterialReturned) else self.used
        for quantity, unit in _taken(fact, self.key):
            base, factor = base_of(unit)
            amount = EXACT.multiply(exact(quantity), EXACT.multiply(factor, sign))
            sums[base] = EXACT.add(sums.get(base, Decimal(0)), amount)

    def properties(self) -> dict[str, Any]:
        """The material lot as the graph stores it."""
        values = super().properties()
        values["material_id"] = values["material_id"] or self.latest("named_material_id")
        unit = values["unit"] = values["unit"] or self.latest("named_unit")
        used, back = _sum(self.used, unit), _sum(self.returned, unit)
        values["used_quantity"] = None if used is None else float(used)
        values["returned_quantity"] = None if back is None else float(back)
        values["remaining_quantity"] = _left(values["received_quantity"], used, back)
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
            )
        yield from self.dated_ahead("MATERIAL_LOT")
        if used_too_early(self.uses.spells):
            yield Suspicion(
                code="consumption.not_usable_yet",
                about=self.key,
                message=f"Material lot {self.key} was used before it had thawed.",
                things=(thing,),
            )
        if used_too_late(self.uses, self.latest("expires_at")):
            yield Suspicion(
                code="consumption.expired",
                about=self.key,
                message=f"Material lot {self.key} was used after its expiry or its pot life.",
                things=(thing,),
            )


def _taken(fact: Fact, key: str) -> list[tuple[float, str]]:
    """What a lot or a mix took of a material lot, or gave back, each with its unit."""
    match fact:
        case MaterialConsumed(quantity=quantity, unit=unit) | MaterialReturned(quantity=quantity, unit=unit):
            return [(quantity, unit)]
        case MaterialMixed(material_lot_id=mixed, inputs=inputs) if mixed != key:
            return [(part.quantity, part.unit) for part in inputs if part.material_lot_id == key]
    return []


def _sum(sums: Mapping[str, Decimal], unit: str | None) -> Decimal | None:
    """What was added up, told in one unit; None where some of it cannot be told in it."""
    measured = {base: amount for base, amount in sums.items() if amount} or {unit or "": Decimal(0)}
    told = [in_unit(amount, base, unit or base) for base, amount in measured.items()]
    return told[0] if len(told) == 1 else None


def _left(received: float | None, used: Decimal | None, returned: Decimal | None) -> float | None:
    if received is None or used is None or returned is None:
        return None
    return max(float(EXACT.subtract(EXACT.add(exact(received), returned), used)), 0.0)


def _arrived(fact: MaterialLotReceived | MaterialMixed) -> dict[str, Any]:
    return {
        "material_id": fact.material_id,
        "received_quantity": float(fact.quantity),
        "unit": fact.unit,
        "expires_at": None if fact.expires_at is None else instant_of(fact.expires_at),
    }
