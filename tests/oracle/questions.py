"""What can be asked about a plant: scopes over all its things, and cuts of both clocks."""

from __future__ import annotations

from random import Random

from tests.oracle.timeline import mentions, recipes
from twin.events.event import Event
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant

Asked = tuple[RecallScope, int | None, int | None]


def things(events: list[Event], kind: str) -> list[str]:
    return sorted({name for e in events for name in mentions(e, kind)})


class Asking:
    """Seeded questions; times are those of the events, or just beside them."""

    def __init__(self, events: list[Event], seed: int) -> None:
        self.events, self.random = events, Random(seed)

    def moment(self) -> Instant:
        return Instant(self.random.choice(self.events).occurred_at + self.random.choice((0, 0, 1, -1)))

    def maybe(self) -> Instant | None:
        return self.moment() if self.random.random() < 0.6 else None

    def window(self) -> Window:
        start, end = self.maybe(), self.maybe()
        if start is not None and end is not None and start > end:
            start, end = end, start
        return Window(start, end)

    def scopes(self) -> list[RecallScope]:
        events, found = self.events, list[RecallScope]()
        for name in things(events, "MATERIAL_LOT"):
            found += [MaterialLotScope(name), MaterialLotScope(name, self.moment())]
        for name in things(events, "LOT"):
            found += [LotScope(name), LotScope(name, self.moment())]
        for name in things(events, "EQUIPMENT"):
            found += [EquipmentScope(name, self.window()) for _ in range(2)]
            found += [EquipmentScope(name, self.window(), self.random.choice("AB"))]
        found += [OperatorScope(name, self.window()) for name in things(events, "OPERATOR")]
        for name in things(events, "TOOL"):
            found += [ToolScope(name), ToolScope(name, self.window())]
        for recipe, version in sorted({r for e in events for r in recipes(e)}):
            found.append(RecipeVersionScope(recipe, version, self.window()))
        found += self.wafers()
        found.append(LotScope("mistyped"))
        return found

    def wafers(self) -> list[RecallScope]:
        found: list[RecallScope] = []
        for name in things(self.events, "SUBSTRATE"):
            side = self.random.choice((None, 0, 1))
            found += [
                WaferScope(name),
                WaferScope(name, x_min=side, y_max=self.random.choice((None, 0, 1))),
                WaferScope(name, bins=(self.random.choice((1, 2)),)),
            ]
        return found

    def asked(self, most: int) -> list[Asked]:
        rows: list[Asked] = []
        scopes = self.scopes()
        for scope in self.random.sample(scopes, min(most, len(scopes))):
            as_of = self.moment() if self.random.random() < 0.3 else None
            known_at = self.random.randint(1, len(self.events)) if self.random.random() < 0.25 else None
            rows.append((scope, as_of, known_at))
        return rows

    def roots(self, most: int) -> list[tuple[tuple[str, str], bool, int | None, int | None]]:
        named = [(kind, name) for kind in ("LOT", "MATERIAL_LOT") for name in things(self.events, kind)]
        return [
            (
                root,
                self.random.random() < 0.5,
                self.moment() if self.random.random() < 0.3 else None,
                self.random.randint(1, len(self.events)) if self.random.random() < 0.25 else None,
            )
            for root in self.random.sample(named, min(most, len(named)))
        ]
