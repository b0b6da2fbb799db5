"""Whether all units of a lot went through something, in this lot or in those they came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from twin.folds.run import FOR_EVER
from twin.lineage.plant import Plant
from twin.vocabulary.instants import Instant

Times = Callable[[str], Iterable[Instant]]


def lacking(plant: Plant, lot_id: str, times: Times) -> str | None:
    """The lot whose units were brought in without it, or None when all units have it.

    ``times`` tells when a lot went through it. Units that came from a parent have it when the parent did
    before, or this lot did since; units that a lot was created with, when this lot did at any time.
    """
    return _lacking(plant, lot_id, Instant(FOR_EVER), times, set())


def _lacking(
    plant: Plant, lot_id: str, until: Instant, times: Times, seen: set[tuple[str, Instant]]
) -> str | None:
    own = [at for at in times(lot_id) if at <= until]
    for parent, since in _origins(plant, lot_id, until):
        if any(since <= at for at in own):
            continue
        if parent is None:
            return lot_id
        if (parent, since) in seen:
            continue
        seen.add((parent, since))
        found = _lacking(plant, parent, since, times, seen)
        if found is not None:
            return found
    return None


def _origins(plant: Plant, lot_id: str, until: Instant) -> Iterator[tuple[str | None, Instant]]:
    """Where the units of a lot came from, and when; None for those that it was created with."""
    account = plant.ledger.accounts.lots.get(lot_id)
    parents = [row for row in account.parents if row.from_lot_id != lot_id] if account else []
    if account is None or account.created is not None or not parents:
        yield None, Instant(-FOR_EVER)
    for row in parents:
        if row.at <= until:
            yield row.from_lot_id, row.at


def heritage(plant: Plant, lot_id: str) -> dict[str, Instant]:
    """A lot and all lots that its units came from, each with the latest moment at which they left it."""
    found = {lot_id: Instant(FOR_EVER)}
    waiting = [lot_id]
    while waiting:
        here = waiting.pop()
        for parent, at in _origins(plant, here, found[here]):
            if parent is not None and found.get(parent, Instant(-FOR_EVER)) < at:
                found[parent] = at
                waiting.append(parent)
    return found
