"""Random plants as most are: lots that go their own way, rarely split, more rarely merged or mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.factory import (
    START,
    equipment_registered,
    lot_completed,
    lot_created,
    lot_split,
    lot_tracked_in,
    lot_tracked_out,
    lots_merged,
    material_consumed,
    material_lot_received,
    material_thawed,
    order_received,
    packed,
    shipped,
    units_identified,
    units_scrapped,
)
from twin.events.event import Event

HOUR = 3_600_000


def calm_plant(seed: int, lots: int = 12) -> list[Event]:
    random = Random(seed)
    told = [*_before(random)]
    for number in range(lots):
        told += _lot(random, f"L{number}", START + (24 + number) * HOUR, lots)
    return sorted(told, key=lambda event: event.order)


def _before(random: Random) -> Iterator[Event]:
    yield equipment_registered(occurred_at=START, equipment_id="DB-01")
    for number in range(3):
        yield order_received(occurred_at=START, order_id=f"O{number}", customer_id=f"C{number % 2}")
    for number in range(6):
        name, material = f"P{number}", f"M{number % 3}"
        expires = {"expires_at": "2026-03-03T12:00:00Z"} if random.random() < 0.2 else {}
        yield material_lot_received(occurred_at=START, material_lot_id=name, material_id=material, **expires)
    if random.random() < 0.5:
        yield material_thawed(occurred_at=START + HOUR, material_lot_id="P0")


def _lot(random: Random, lot: str, at: int, lots: int) -> Iterator[Event]:
    often = random.random
    order = {"order_id": f"O{random.randrange(3)}"} if often() < 0.7 else {}
    quantity = random.choice((0, 10, 40, 40, 40))
    yield lot_created(occurred_at=at, lot_id=lot, quantity=quantity, **order)
    if often() < 0.5:
        units = [{"unit_id": f"{lot}-{unit}"} for unit in range(random.choice((quantity, quantity // 2)))]
        if units:
            yield units_identified(occurred_at=at + 1, lot_id=lot, units=units)
    run = {"lot_id": lot, "operation": "DIE_BOND", "equipment_id": random.choice(("DB-01", "DB-02"))}
    yield lot_tracked_in(occurred_at=at + 2, **run)
    for number in range(random.randrange(4)):
        used = f"P{random.randrange(6)}"
        yield material_consumed(occurred_at=at + 10 + number, material_lot_id=used, **run)
    if often() < 0.2:
        yield units_scrapped(occurred_at=at + 20, lot_id=lot, quantity=random.randrange(1, 9))
    yield lot_tracked_out(occurred_at=at + 30, **run, good=quantity)
    yield from _onwards(random, lot, at + 40)
    if often() < 0.1:
        part = [{"lot_id": lot, "quantity": 5}]
        yield lots_merged(occurred_at=at + 60, into_lot_id=f"L{random.randrange(lots)}", parents=part)
    if often() < 0.4:
        yield lot_completed(occurred_at=at + 90, lot_id=lot)


def _onwards(random: Random, lot: str, at: int) -> Iterator[Event]:
    """Some lots are split, some of what is left and of the child is packed, some of that is shipped."""
    parts = [lot]
    if random.random() < 0.4:
        parts.append(f"{lot}A")
        children = [{"lot_id": parts[-1], "quantity": random.randrange(1, 30)}]
        yield lot_split(occurred_at=at, parent_lot_id=lot, children=children)
    if random.random() < 0.2:
        used = f"P{random.randrange(6)}"
        yield material_consumed(occurred_at=at + 2, lot_id=parts[-1], operation="MOLD", material_lot_id=used)
    for part in parts:
        for box in range(random.randrange(3)):
            name = f"R-{part}-{box}"
            contents = [{"lot_id": part, "quantity": random.randrange(1, 20)}]
            yield packed(occurred_at=at + 5 + box, container_id=name, contents=contents)
            if random.random() < 0.6:
                shipment = {"shipment_id": f"S-{part}", "contents": [{"container_id": name}]}
                yield shipped(occurred_at=at + 12 + box, customer_id="C1", order_id="O1", **shipment)
