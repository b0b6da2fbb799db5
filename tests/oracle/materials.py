"""Section 2 of semantics.md: which material lots are, or may be, of one material."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.material import MaterialConsumed, MaterialLotReceived, MaterialMixed
from twin.events.order import MaterialDefined


class Materials:
    def __init__(self, events: list[Event]) -> None:
        self.groups: list[set[str]] = []
        for event in events:
            if isinstance(event.fact, MaterialDefined):
                names = {event.fact.material_id, *event.fact.aliases}
                touching = [g for g in self.groups if g & names]
                self.groups = [g for g in self.groups if not g & names] + [names.union(*touching)]
        self.material: dict[str, str] = {}
        for kinds in ((MaterialLotReceived, MaterialMixed), (MaterialConsumed,)):
            for event in events:
                fact = event.fact
                if isinstance(fact, kinds) and fact.material_id is not None:
                    self.material.setdefault(fact.material_lot_id, fact.material_id)

    def may_be_same(self, one: str, two: str) -> bool:
        a, b = self.material.get(one), self.material.get(two)
        if a is None or b is None or a == b:
            return True
        return any(a in group and b in group for group in self.groups)
