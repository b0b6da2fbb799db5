"""What a lot should have recorded by now, by the definition of its product and its order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.events.order import BomLine, OrderReceived, ProductDefined, RouteStep
from twin.lineage.heritage_of_lot import heritage
from twin.lineage.plant import Plant
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Granularity


@dataclass(frozen=True, slots=True)
class Required:
    """The route of a lot with the furthest step that it reached, its bill of materials, how far it is traced.

    ``heritage`` are the lots that its units came from, with the moments at which they left them.
    """

    lot_id: str
    route: tuple[RouteStep, ...]
    bom: tuple[BomLine, ...]
    granularity: Granularity
    heritage: dict[str, Instant]
    reached: int
    is_done: bool
    is_completed: bool

    @property
    def has_begun(self) -> bool:
        """Whether any step of the route was begun, or all of them are said to be behind it."""
        return self.reached >= 0 or self.is_completed

    @property
    def begun(self) -> tuple[RouteStep, ...]:
        """The steps that must have a run by now: up to the furthest reached, all once it is completed."""
        return self.route if self.is_completed else self.route[: self.reached + 1]

    @property
    def passed(self) -> tuple[RouteStep, ...]:
        """The steps that must be behind it."""
        return self.begun if self.is_done or self.is_completed else self.begun[:-1]

    @property
    def lines(self) -> tuple[BomLine, ...]:
        """The lines of the bill that must be used up: those of passed steps, all once it is completed."""
        passed = {step.operation for step in self.passed}
        return tuple(line for line in self.bom if self.is_completed or line.operation in passed)

    @property
    def tests(self) -> tuple[RouteStep, ...]:
        """The passed steps that are tests."""
        return tuple(step for step in self.passed if is_test(step))


def required_of(plant: Plant, lot_id: str, product: ProductDefined | None) -> Required:
    """What is required of a lot of this product."""
    route = product.route if product is not None else ()
    past = heritage(plant, lot_id)
    reached, is_done = _reached(plant, route, past)
    ending = plant.endings.get(lot_id)
    return Required(
        lot_id,
        route,
        _bom(plant, lot_id, product),
        product.granularity if product is not None else Granularity.LOT,
        past,
        reached,
        is_done,
        ending is not None and ending.type == "LotCompleted",
    )


def is_test(step: RouteStep) -> bool:
    """Whether a step is a test: its operation has the word TEST, or it runs on a tester."""
    return "TEST" in step.operation.upper().split("_") or "TESTER" in (step.equipment_type or "").upper()


def _reached(plant: Plant, route: Iterable[RouteStep], past: dict[str, Instant]) -> tuple[int, bool]:
    """The furthest step that has a run, and whether one of its runs is closed."""
    runs = [run for lot_id, until in past.items() for run in plant.runs(lot_id) if run.first_at <= until]
    furthest, is_done = -1, False
    for place, step in enumerate(route):
        there = [run for run in runs if run.operation == step.operation]
        if there:
            furthest, is_done = place, any(run.track_out is not None for run in there)
    return furthest, is_done


def _bom(plant: Plant, lot_id: str, product: ProductDefined | None) -> tuple[BomLine, ...]:
    """The bill of an order that the lot serves wins over the product's."""
    account = plant.ledger.accounts.lots.get(lot_id)
    for order_id in account.orders if account else ():
        received = plant.orders.get(order_id)
        fact = received.fact if received is not None else None
        if isinstance(fact, OrderReceived) and fact.bom:
            return fact.bom
    return product.bom if product is not None else ()
