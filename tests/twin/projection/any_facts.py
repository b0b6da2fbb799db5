"""Random facts of every type of the catalogue, about few things: whatever the contract allows may come."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import msgspec
from msgspec import inspect

from tests.factory import START
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.registry import FACTS
from twin.vocabulary.instants import Instant

MINUTE: Final = 60_000

POOLS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("lot_id", "parent_lot_id", "into_lot_id"), ("L1", "L2", "L3", "L4")),
    "material_lot_id": ("P1", "P2", "P3", "MX1"),
    **dict.fromkeys(("material_id", "aliases"), ("PASTE", "GLUE", "WIRE")),
    "product_id": ("LED", "MODULE"),
    "order_id": ("O1", "O2"),
    "customer_id": ("K1", "K2"),
    "equipment_id": ("E1", "E2"),
    "operator_id": ("op-1", "op-2"),
    "tool_id": ("T1", "T2"),
    **dict.fromkeys(
        ("substrate_id", "to_substrate_id", "parent_substrate_id", "substrate_ids", "transfers"),
        ("W1", "S1", "S2"),
    ),
    **dict.fromkeys(("unit_id", "unit_ids"), ("U1", "U2", "U3", "U4")),
    "container_id": ("C1", "C2", "C3"),
    "shipment_id": ("SH1", "SH2"),
    "alarm_id": ("AL1", "AL2"),
    "recipe_id": ("R",),
    **dict.fromkeys(("version", "recipe_version"), ("1", "2")),
    "operation": ("BOND", "CURE"),
    "position": ("A", "B"),
    "hold_id": ("H1", "H2"),
    "repair_id": ("RP1",),
}
TYPES: Final = tuple(FACTS.values())
SITES: Final = 2
"""Columns and rows of every map."""


class AnyFacts:
    """A teller of random facts; ``start`` turns the catalogue so that few sets see all of it."""

    def __init__(self, seed: int, count: int) -> None:
        self.random = Random(f"any {seed}")
        turned = [TYPES[(seed * count + place) % len(TYPES)] for place in range(count)]
        self.random.shuffle(turned)
        self.types = turned
        self.told: list[str] = []

    def tell(self, minutes: int, recorded_at: int, before: list[str]) -> list[Event]:
        """One event of each type in turn, voids of any told before."""
        self.told = list(before)
        found = []
        for number, fact_type in enumerate(self.types):
            event = Event(
                event_id=f"any-{number}",
                source=self.random.choice(("mes", "eap")),
                source_sequence=self.random.choice((None, None, self.random.randint(0, 9))),
                occurred_at=Instant(START + self.random.randint(0, minutes) * MINUTE),
                recorded_at=Instant(recorded_at + number),
                fact=self.fact(fact_type),
            )
            found.append(event)
            self.told.append(event.event_id)
        return found

    def fact(self, fact_type: type[Fact]) -> Fact:
        """A fact that the contract accepts."""
        for _ in range(100):
            try:
                return msgspec.convert(self.struct(inspect.type_info(fact_type)), fact_type)
            except msgspec.ValidationError:
                continue
        raise AssertionError(f"no random {fact_type.__name__} was accepted")

    def struct(self, info: Any) -> dict[str, Any]:
        wanted = [f for f in info.fields if f.required or self.random.random() < 0.6]
        values = {f.encode_name: self.value(f.type, f.name) for f in wanted}
        if "bins" in values:
            values |= {"columns": SITES, "rows": SITES}
        return values

    def value(self, info: Any, name: str) -> Any:
        found: Any = None
        match info:
            case inspect.Metadata():
                found = self.value(info.type, name)
            case inspect.UnionType():
                some = [kind for kind in info.types if not isinstance(kind, inspect.NoneType)]
                found = self.value(self.random.choice(some), name)
            case inspect.StructType():
                found = self.struct(info)
            case inspect.VarTupleType():
                found = [self.value(info.item_type, name) for _ in range(self.random.randint(1, 2))]
            case inspect.TupleType():
                found = [self.value(kind, name) for kind in info.item_types]
            case inspect.StrType():
                found = self.name(name)
            case _:
                found = self.plain(info, name)
        return found

    def name(self, field: str) -> str:
        if field == "voided_event_id":
            return self.random.choice([*self.told, "never told"])
        return self.random.choice(POOLS.get(field, ("a", "b")))

    def plain(self, info: Any, name: str) -> Any:
        dice = self.random
        found: Any = None
        match info:
            case inspect.BoolType():
                found = dice.random() < 0.5
            case inspect.IntType():
                found = dice.randint(1, 3) if name in {"attempt", "level"} else dice.randint(0, 2)
            case inspect.FloatType():
                found = dice.choice((0.1, 0.2, 0.3, 7.0))
            case inspect.BytesType():
                found = bytes(b for _ in range(SITES * SITES) for b in (dice.randint(0, 2), 0))
            case inspect.DateTimeType():
                found = f"2026-03-02T{dice.randint(7, 9):02}:{dice.randint(0, 59):02}:00Z"
            case inspect.EnumType():
                found = dice.choice([member.value for member in info.cls])
            case inspect.DictType():
                found = {"volt": dice.randint(0, 9)}
        return found
