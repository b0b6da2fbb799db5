"""Products and orders that lots take over from their parents, and hand down to their children."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from twin.folds.live_lot import Heritage, LiveLot
from twin.graph.session import Transaction
from twin.projection.held import Held, Holding, Name
from twin.projection.memory import KEPT
from twin.projection.refold import Touched, fold_touched, heritage

_MOST_GENERATIONS: Final = 10_000


async def hand_down(tx: Transaction, held: Held, holdings: dict[Name, Holding]) -> None:
    """Let every touched lot inherit, then its children, as long as something changes.

    Children that the batch did not touch are added to ``holdings``.
    """
    generation = [name for name in holdings if name[0] == "Lot"]
    for _ in range(_MOST_GENERATIONS):
        if not generation:
            return
        elders = await _elders(tx, held, holdings, generation)
        heirs: set[str] = set()
        for name in generation:
            lot = holdings[name].fold
            if isinstance(lot, LiveLot) and lot.inherit(elders.__getitem__):
                heirs |= lot.children
        generation = [("Lot", key) for key in sorted(heirs)]
        unseen = {name: Touched() for name in generation if name not in holdings}
        if unseen:
            holdings.update(await fold_touched(tx, held, unseen))


async def _elders(
    tx: Transaction, held: Held, holdings: dict[Name, Holding], generation: Iterable[Name]
) -> dict[str, Heritage]:
    """What the parents of a generation hand down; a live one answers for itself at once."""
    parents = {key for name in generation for key in _parents(holdings[name])}
    found: dict[str, Heritage] = {}
    for key in parents:
        holding = holdings.get(("Lot", key)) or held.get(("Lot", key))
        if holding is not None and isinstance(holding.fold, LiveLot):
            found[key] = holding.fold.heritage
    unknown = sorted(parents - found.keys())
    if unknown:
        rows = await tx.read(KEPT["Lot"], keys=unknown)
        found.update({row["key"]: heritage(row["kept"]) for row in rows})
    return {key: found.get(key, Heritage()) for key in parents}


def _parents(holding: Holding) -> set[str]:
    lot = holding.fold
    return {key for _, key in lot.parents} if isinstance(lot, LiveLot) else set()
