"""Sections 4 and 6 of semantics.md: the walk's end as a plain answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests.oracle.timeline import counted, is_named, mentions
from tests.oracle.unit_steps import UnitSteps
from tests.oracle.walk import ALWAYS
from twin.events.event import Event
from twin.events.material import MaterialLotReceived, MaterialMixed
from twin.events.order import OrderReceived
from twin.events.packing import Shipped
from twin.records.recall import LotScope, RecallScope

Pair = tuple[int, int]
NOT_FOUND = {"error": "thing.not_found"}


def recall(
    events: Iterable[Event], scope: RecallScope, as_of: int | None = None, known_at: int | None = None
) -> dict[str, Any]:
    chosen = counted(events, as_of, known_at)
    if not is_named(scope, chosen):
        return dict(NOT_FOUND)
    return Answer(UnitSteps(chosen, scope, as_of).run()).plain()


def certainty(low: int, high: int) -> str | None:
    return "DEFINITE" if low >= 1 else "POSSIBLE" if high >= 1 else None


def added(pairs: Iterable[Pair]) -> Pair:
    rows = list(pairs)
    return sum(low for low, _ in rows), sum(high for _, high in rows)


class Answer:
    def __init__(self, walk: UnitSteps) -> None:
        self.walk = walk
        self.rows = {name: row for name in walk.lots if (row := self._lot(name)) is not None}

    def plain(self) -> dict[str, Any]:
        orders, customers, shipments = self._orders(), self._customers(), self._shipments()
        sure = sum(1 for row in self.rows.values() if row["certainty"] == "DEFINITE")
        low, high = added((row["low"], row["high"]) for row in self.rows.values() if row["quantity"] > 0)
        reached = [name for name, lot in self.walk.lots.items() if lot.reached is not None]
        unknown = [name for name in self.rows if name in reached or self.rows[name]["quantity"] == 0]
        return {
            "lots": self.rows,
            "totals": {
                "low": low,
                "high": high,
                "lots": len(self.rows),
                "definiteLots": sure,
                "possibleLots": len(self.rows) - sure,
                "orders": len(orders),
                "customers": len(customers),
                "shipments": len(shipments),
                "byDisposition": self._by_disposition(),
            },
            "orders": orders,
            "customers": customers,
            "shipments": shipments,
            "materialLots": {m: None if s == ALWAYS else s for m, s in self.walk.exposed.items()},
            "units": self.walk.certain_units(),
            "optionalUnits": {u.name for u in self.walk.units.values() if u.scrapped or u.host is not None},
            "incomplete": "lot.quantity_unknown" if unknown else None,
            "findings": self._findings(),
        }

    def _is_due(self, scope: LotScope) -> bool:
        """A suspicion dated after the moment of the question is none yet."""
        as_of = self.walk.as_of
        return scope.start is None or as_of is None or scope.start <= as_of

    def _lot(self, name: str) -> dict[str, Any] | None:
        lot, scope = self.walk.lots[name], self.walk.scope
        since: int | None = lot.since
        low, high = self.walk.total_bounds(name)
        kind = certainty(low, high)
        if not lot.known and isinstance(scope, LotScope) and scope.lot_id == name and self._is_due(scope):
            kind, since = "POSSIBLE", scope.start if scope.start is not None else self._first(name)
        elif lot.reached is not None:
            kind, since = "POSSIBLE", lot.reached
        if kind is None:
            return None
        return {
            "since": since,
            "certainty": kind,
            "low": low,
            "high": high,
            "quantity": lot.total.n,
            "dispositions": self.dispositions(name),
        }

    def _first(self, name: str) -> int:
        return next(e.occurred_at for e in self.walk.events if name in mentions(e, "LOT"))

    def dispositions(self, name: str) -> dict[str, Pair]:
        lot = self.walk.lots[name]
        found: dict[str, list[Pair]] = defaultdict(list)
        found[lot.stage].append(self.walk.loose_bounds(name))
        for part in self.walk.parts:
            if part.lot == name:
                place = "SHIPPED" if part.holder[0] == "SHIPMENT" else "IN_STOCK"
                found[place].append((part.low, part.high))
        found["SCRAPPED"] += lot.scrapped
        return {kind: pair for kind, rows in found.items() if (pair := added(rows))[1] > 0}

    def _by_disposition(self) -> dict[str, Pair]:
        found: dict[str, list[Pair]] = defaultdict(list)
        for name in self.walk.lots:
            for kind, pair in self.dispositions(name).items():
                if name in self.rows or kind == "SCRAPPED":
                    found[kind].append(pair)
        return {kind: added(rows) for kind, rows in found.items()}

    def _shipments(self) -> dict[str, dict[str, Any]]:
        found: dict[str, list[Pair]] = defaultdict(list)
        for part in self.walk.parts:
            if part.holder[0] == "SHIPMENT":
                found[part.holder[1]].append((part.low, part.high))
        sums = {name: added(rows) for name, rows in found.items()}
        return {
            name: {"certainty": certainty(low, high), "low": low, "high": high}
            for name, (low, high) in sums.items()
            if high > 0
        }

    def _shipped(self) -> dict[str, Shipped]:
        """The first event of each shipment that was reached."""
        reached = self._shipments()
        found: dict[str, Shipped] = {}
        for event in self.walk.events:
            if isinstance(event.fact, Shipped) and event.fact.shipment_id in reached:
                found.setdefault(event.fact.shipment_id, event.fact)
        return found

    def _orders(self) -> dict[str, dict[str, Any]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        sure: set[str] = set()
        for name, row in self.rows.items():
            for order in self.walk.lots[name].orders:
                found[order].append(row)
        shipments = self._shipments()
        for name, fact in self._shipped().items():
            if fact.order_id is not None:
                found[fact.order_id] += []
                sure |= {fact.order_id} if shipments[name]["certainty"] == "DEFINITE" else set()
        return {
            order: {
                "certainty": "DEFINITE"
                if order in sure or any(r["certainty"] == "DEFINITE" for r in rows)
                else "POSSIBLE",
                "low": sum(r["low"] for r in rows),
                "high": sum(r["high"] for r in rows),
            }
            for order, rows in found.items()
        }

    def _customers(self) -> dict[str, dict[str, Any]]:
        customer_of: dict[str, str] = {}
        for event in self.walk.events:
            if isinstance(event.fact, OrderReceived):
                customer_of.setdefault(event.fact.order_id, event.fact.customer_id)
        orders: dict[str, list[str]] = defaultdict(list)
        shipments: dict[str, list[str]] = defaultdict(list)
        for order, row in self._orders().items():
            if order in customer_of:
                orders[customer_of[order]].append(row["certainty"])
        reached = self._shipments()
        for name, fact in self._shipped().items():
            shipments[fact.customer_id].append(reached[name]["certainty"])
        return {
            name: {
                "certainty": "DEFINITE" if "DEFINITE" in orders[name] + shipments[name] else "POSSIBLE",
                "orders": len(orders[name]),
                "shipments": len(shipments[name]),
            }
            for name in {*orders, *shipments}
        }

    def _findings(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        walk = self.walk
        for code, thing, _ in walk.findings:
            lot = thing.removeprefix("LOT:")
            if lot in self.rows or (code == "quantity.imbalance" and walk.lots[lot].touched):
                found[code].add(thing)
        for code, name, _ in walk.runs.findings:
            if name in self.rows:
                found[code].add(f"LOT:{name}")
        found["lot.unknown"] = {f"LOT:{name}" for name in self.rows if not walk.lots[name].known}
        made = {
            e.fact.material_lot_id
            for e in walk.events
            if isinstance(e.fact, MaterialLotReceived | MaterialMixed)
        }
        found["material_lot.unknown"] = {f"MATERIAL_LOT:{name}" for name in set(walk.exposed) - made}
        suspect = {die for die, _ in walk.dies.suspect}
        found["die.used_twice"] = {
            f"DIE:{die[0]}@{die[1]},{die[2]}" for die in walk.dies.used_twice & suspect
        }
        found["site.two_dies"] = {f"DIE:{die[0]}@{die[1]},{die[2]}" for die in walk.dies.two_dies & suspect}
        return {code: things for code, things in found.items() if things}
