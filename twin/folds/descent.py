"""Which lots got units from which, however many lots lie between."""

from __future__ import annotations


class Descent:
    """Who gave units to whom so far."""

    def __init__(self) -> None:
        self._came_from: dict[str, set[str]] = {}

    def record(self, source: str, target: str) -> None:
        """Units of one lot went into another."""
        self._came_from.setdefault(target, set()).add(source)

    def comes_from(self, lot_id: str, ancestor: str) -> bool:
        """Whether units of one lot may have gone into the other so far."""
        waiting, seen = [lot_id], {lot_id}
        while waiting:
            parents = self._came_from.get(waiting.pop(), set()) - seen
            if ancestor in parents:
                return True
            seen |= parents
            waiting.extend(parents)
        return False
