"""What counted events left behind: accounts, units, dies and parts, and the steps between them."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.substrate import UnitsIdentified
from twin.folds.account import Accounts
from twin.folds.container import Packing
from twin.folds.descent import Descent
from twin.folds.die import Dies
from twin.folds.finding import Findings
from twin.folds.step import DiesPlaced, Identified, Move, Step, trigger_of
from twin.folds.whereabouts import Whereabouts
from twin.vocabulary.things import Thing, ThingKind


class Ledger:
    """What all counted events did, applied in their order, newest last."""

    def __init__(self) -> None:
        self.accounts = Accounts()
        self.units = Whereabouts()
        self._dies = Dies()
        self.packing = Packing()
        self.findings = Findings()
        self.steps: list[Step] = []
        self.triggers: list[str | None] = []
        self.descent = Descent()

    @property
    def dies(self) -> Dies:
        """Every moved die, with all that was told so far."""
        self._dies.settle()
        return self._dies

    def transfer(self, place: int, event: Event, substrate_id: str, lot_id: str | None) -> None:
        """Dies come to a substrate that is in a lot, or in none that is known."""
        moved = self._dies.later(event, lot_id)
        self.record(DiesPlaced(place, event, lot_id, substrate_id, moved.placed))

    def record(self, step: Step) -> None:
        """Remember a step, and whose exposure it waits for."""
        self.steps.append(step)
        self.triggers.append(trigger_of(step))
        if isinstance(step, Move):
            self.descent.record(step.source, step.target)

    def seen_in(self, substrate_id: str, lot_id: str, event: Event) -> None:
        """A substrate is told to be in a lot; no units can have brought it there from the one told before.

        Where whole lots took it meanwhile does not matter: only what names the substrate tells where it is.
        """
        before = self.units.told_lot_of.get(substrate_id)
        if before is None or before == lot_id or self.descent.comes_from(lot_id, before):
            return
        self.findings.add(
            "substrate.in_two_lots",
            f"substrate {substrate_id} was told to be in lot {before} and in lot {lot_id}",
            event,
            Thing(ThingKind.SUBSTRATE, substrate_id),
            Thing(ThingKind.LOT, before),
            Thing(ThingKind.LOT, lot_id),
        )

    def name_unit(
        self, unit_id: str, lot_id: str, place: int, event: Event, substrate: str | None = None
    ) -> bool:
        """A unit is named with a lot; a new one starts from what its lot carries. True for a new one."""
        is_new = self.units.name(unit_id, lot_id, place, event)
        if is_new:
            total = self.accounts.of(lot_id, event).total
            self.steps.append(Identified(place, event, unit_id, lot_id, total, substrate))
            self.triggers.append(None)
        return is_new

    def name_new_units(self, fact: UnitsIdentified, place: int, event: Event) -> bool:
        """Units get their names all at once; false, and nothing done, when one of them was named before."""
        names = [mark.unit_id for mark in fact.units]
        if len(set(names)) < len(names) or not self.units.units.keys().isdisjoint(names):
            return False
        self.units.name_new(fact, place, event)
        lot_id, on = fact.lot_id, fact.substrate_id
        total = self.accounts.of(lot_id, event).total
        self.steps += [Identified(place, event, name, lot_id, total, on) for name in names]
        self.triggers += [None] * len(names)
        return True

    def imbalance(self, lot_id: str, event: Event) -> None:
        """A lot gave more than it had."""
        self.findings.add(
            "quantity.imbalance",
            f"lot {lot_id} gave more units than it had",
            event,
            Thing(ThingKind.LOT, lot_id),
        )

    def unnamed_left(
        self, lot_id: str, target: str | None, place: int, event: Event, but_on: tuple[str, ...] | None = None
    ) -> None:
        """Units left a lot without their names: what it lists is in doubt from here on."""
        doubtful = self.units.doubt(lot_id, target, place, event, but_on)
        if doubtful:
            self.findings.add(
                "unit.lot_unknown",
                f"units of lot {lot_id} moved without their names",
                event,
                Thing(ThingKind.LOT, lot_id),
                *(Thing(ThingKind.UNIT, unit_id) for unit_id in doubtful),
            )
