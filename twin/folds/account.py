"""How many units each lot has, in all and loose (semantics.md section 2)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from twin.events.event import Event
from twin.events.lot import LotCreated
from twin.records.lot import Derivation


@dataclass(slots=True)
class Account:
    """One lot's total and loose units, and how it came to them."""

    lot_id: str
    total: int = 0
    loose: int = 0
    first_event: Event | None = None
    created: Event | None = None
    has_units: bool = False
    first_units: tuple[int, Event] | None = None
    orders: dict[str, Event] = field(default_factory=dict)
    merged_product: str | None = None
    parents: list[Derivation] = field(default_factory=list)
    children: list[Derivation] = field(default_factory=list)
    _places: list[int] = field(default_factory=list)
    _amounts: list[tuple[int, int]] = field(default_factory=list)

    def before(self, place: int) -> tuple[int, int]:
        """Total and loose just before the event at a place."""
        index = bisect_left(self._places, place)
        return self._amounts[index - 1] if index else (0, 0)

    @property
    def history(self) -> tuple[tuple[int, int, int], ...]:
        """Total and loose after each place at which they changed."""
        return tuple((place, *amount) for place, amount in zip(self._places, self._amounts, strict=True))

    def note(self, place: int, event: Event) -> None:
        """Remember the amounts as they are after the event at a place."""
        if self.total > 0 and self.first_units is None:
            self.first_units = (place, event)
        if self._places and self._places[-1] == place:
            self._amounts[-1] = (self.total, self.loose)
        else:
            self._places.append(place)
            self._amounts.append((self.total, self.loose))

    @property
    def is_known(self) -> bool:
        """Created, or given units by a split or merge."""
        return self.created is not None or self.has_units

    @property
    def keeps_own_orders(self) -> bool:
        """Its creation named an order, so it inherits none."""
        fact = self.created.fact if self.created else None
        return isinstance(fact, LotCreated) and fact.order_id is not None


class Accounts:
    """The accounts of all lots named so far."""

    def __init__(self) -> None:
        self.lots: dict[str, Account] = {}
        self._derived: list[tuple[Derivation, Event]] = []

    def of(self, lot_id: str, event: Event) -> Account:
        """The account of a lot, opened by the first event that names it."""
        account = self.lots.get(lot_id)
        if account is None:
            account = self.lots[lot_id] = Account(lot_id, first_event=event)
        return account

    def create(self, place: int, event: Event, fact: LotCreated) -> bool:
        """Add a created lot's quantity; false when it was created before, which adds nothing."""
        account = self.of(fact.lot_id, event)
        if account.created is not None:
            return False
        account.created = event
        if fact.order_id is not None:
            account.orders = {fact.order_id: event}
            if account.parents:
                self._inherit_again()
        self.give(fact.lot_id, fact.quantity, place, event)
        return True

    def give(self, lot_id: str, quantity: int, place: int, event: Event) -> None:
        """Units come to a lot."""
        account = self.of(lot_id, event)
        account.total += quantity
        account.loose += quantity
        account.note(place, event)

    def take(self, lot_id: str, quantity: int, place: int, event: Event, *, part: bool = False) -> bool:
        """Units leave a lot (a part only its loose account); false when it had fewer, and stopped at 0."""
        account = self.of(lot_id, event)
        enough = account.loose >= quantity and (part or account.total >= quantity)
        account.loose = max(0, account.loose - quantity)
        if not part:
            account.total = max(0, account.total - quantity)
        account.note(place, event)
        return enough

    def derive(self, derivation: Derivation, event: Event) -> None:
        """Remember a derivation, and let the target inherit the orders its parent has now."""
        source = self.of(derivation.from_lot_id, event)
        target = self.of(derivation.to_lot_id, event)
        source.children.append(derivation)
        target.parents.append(derivation)
        target.has_units = target.has_units or derivation.quantity > 0
        self._derived.append((derivation, event))
        _inherit(source, target, event)

    def _inherit_again(self) -> None:
        """A lot that was derived before turns out to have an order of its own: it never inherited any."""
        for account in self.lots.values():
            own = account.created.fact if account.created else None
            named = own.order_id if isinstance(own, LotCreated) else None
            account.orders = {} if named is None or account.created is None else {named: account.created}
        for derivation, event in self._derived:
            _inherit(self.lots[derivation.from_lot_id], self.lots[derivation.to_lot_id], event)

    def product_of(self, lot_id: str) -> str | None:
        """The product of a lot: told at its creation or merge, else that of its first parent."""
        seen: set[str] = set()
        while lot_id not in seen and lot_id in self.lots:
            seen.add(lot_id)
            account = self.lots[lot_id]
            fact = account.created.fact if account.created else None
            if isinstance(fact, LotCreated):
                return fact.product_id
            if account.merged_product is not None or not account.parents:
                return account.merged_product
            lot_id = account.parents[0].from_lot_id
        return None


def _inherit(source: Account, target: Account, event: Event) -> None:
    """The target takes over the orders that the source has at a derivation, unless it names its own."""
    if target.keeps_own_orders:
        return
    for order_id, since in source.orders.items():
        if since.order <= event.order:
            target.orders.setdefault(order_id, event)
