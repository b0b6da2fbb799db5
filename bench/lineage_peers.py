"""What tables can tell of a recall, kept beside the twin: SQLite and, where there is one, PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from bench.postgres import Postgres
from twin.events.event import Event
from twin.events.lot import LotCreated, LotSplit
from twin.events.material import MaterialConsumed
from twin.events.order import OrderReceived
from twin.events.packing import Packed, Shipped
from twin.records.recall import RecallTotals

TABLES: Final = """
    CREATE TABLE consumed (
        material_lot TEXT, lot TEXT, at BIGINT, operation TEXT, equipment TEXT, material TEXT);
    CREATE TABLE derived (parent TEXT, child TEXT, at BIGINT);
    CREATE TABLE lots (lot TEXT, quantity INTEGER, order_id TEXT);
    CREATE TABLE orders (order_id TEXT, customer TEXT);
    CREATE TABLE packed (lot TEXT, container TEXT, at BIGINT, quantity INTEGER);
    CREATE TABLE shipped (container TEXT, shipment TEXT, at BIGINT);
    CREATE TABLE shipments (shipment TEXT, order_id TEXT, customer TEXT);
"""
INDEXES: Final = """
    CREATE INDEX consumed_by ON consumed (material_lot);
    CREATE INDEX consumed_in ON consumed (lot);
    CREATE INDEX derived_from ON derived (parent);
    CREATE INDEX lots_lot ON lots (lot);
    CREATE INDEX orders_order ON orders (order_id);
    CREATE INDEX packed_lot ON packed (lot);
    CREATE INDEX shipped_container ON shipped (container);
    CREATE INDEX shipments_shipment ON shipments (shipment);
"""
REACHED: Final = """
    WITH RECURSIVE reached (lot, since) AS (
        SELECT lot, at FROM consumed WHERE material_lot = $1
        UNION
        SELECT child, at FROM reached JOIN derived ON parent = lot AND at >= since
    )
    SELECT count(DISTINCT lot) FROM reached
"""
TOTALS: Final = """
    WITH RECURSIVE reached (lot, since, is_whole) AS (
        SELECT lot, at, NOT EXISTS (
            SELECT FROM consumed other
            WHERE other.lot = one.lot AND other.operation = one.operation AND other.equipment = one.equipment
              AND other.material = one.material AND other.material_lot <> one.material_lot)
        FROM consumed one WHERE material_lot = $1
        UNION
        SELECT child, at, is_whole FROM reached JOIN derived ON parent = lot AND at >= since
    ), firsts AS (
        SELECT lot, min(since) AS since, bool_or(is_whole) AS is_whole FROM reached GROUP BY lot
    ), affected AS (
        SELECT lot, since, is_whole, order_id, quantity FROM firsts JOIN lots USING (lot)
    ), gone AS (
        SELECT DISTINCT shipment, shipments.order_id, customer
        FROM affected JOIN packed USING (lot) JOIN shipped USING (container) JOIN shipments USING (shipment)
        WHERE packed.at >= since AND shipped.at >= packed.at
    ), served AS (
        SELECT order_id FROM affected WHERE order_id IS NOT NULL UNION SELECT order_id FROM gone
    )
    SELECT (SELECT count(*) FROM affected), (SELECT min(since) FROM affected),
        (SELECT sum(CASE WHEN is_whole THEN quantity ELSE 1 END) FROM affected),
        (SELECT sum(quantity) FROM affected), (SELECT count(*) FROM served),
        (SELECT count(DISTINCT shipment) FROM gone),
        (SELECT count(*) FROM (SELECT customer FROM orders JOIN served USING (order_id)
            UNION SELECT customer FROM gone) AS whose)
"""
"""Lots reached, since when first, low and high, orders, shipments, customers.

Right only for plants like this one: bounds are those of consumption alone, handed on whole by splits; runs
are taken for their machine; nobody scraps, merges, mixes or is late; no evidence, findings or dispositions.
"""


class Tables:
    """The same facts as rows, in SQLite; PostgreSQL gets a copy."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.executescript(TABLES + INDEXES)
        self._orders: dict[str, str | None] = {}

    def tell(self, event: Event) -> None:
        """Take a fact in."""
        fact, at = event.fact, event.occurred_at
        match fact:
            case Packed():
                for line in fact.contents:
                    self._add("packed", (line.lot_id, fact.container_id, at, line.quantity))
            case Shipped():
                self._ship(fact, at)
            case OrderReceived():
                self._add("orders", (fact.order_id, fact.customer_id))
            case _:
                self._tell_of_lots(event)

    def _tell_of_lots(self, event: Event) -> None:
        fact, at = event.fact, event.occurred_at
        match fact:
            case MaterialConsumed():
                used = (fact.material_lot_id, fact.lot_id, at, fact.operation, fact.equipment_id)
                self._add("consumed", (*used, fact.material_id))
            case LotCreated():
                self._orders[fact.lot_id] = fact.order_id
                self._add("lots", (fact.lot_id, fact.quantity, fact.order_id))
            case LotSplit():
                for child in fact.children:
                    self._split(fact.parent_lot_id, child.lot_id, at, child.quantity)

    def _split(self, parent: str, child: str, at: int, quantity: int) -> None:
        """Amounts and orders are kept as they are now: a question need not add up or look for them."""
        self._orders[child] = self._orders.get(parent)
        self._add("derived", (parent, child, at))
        self._add("lots", (child, quantity, self._orders[child]))
        self.database.execute("UPDATE lots SET quantity = quantity - ? WHERE lot = ?", (quantity, parent))

    def _ship(self, fact: Shipped, at: int) -> None:
        for line in fact.contents:
            self._add("shipped", (line.container_id, fact.shipment_id, at))
        self._add("shipments", (fact.shipment_id, fact.order_id, fact.customer_id))

    def _add(self, table: str, row: tuple[Any, ...]) -> None:
        self.database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)  # noqa: S608

    def amounts(self) -> list[tuple[str, int]]:
        """Every lot with the units it holds now."""
        return list(self.database.execute("SELECT lot, quantity FROM lots"))

    def reached(self, suspect: str) -> int:
        """How many lots SQLite reaches."""
        return int(self.database.execute(REACHED.replace("$1", "?"), (suspect,)).fetchone()[0])

    def copy_to(self, server: Postgres) -> None:
        """The same rows, indexes and statistics in PostgreSQL."""
        server.run(TABLES)
        for (table,) in self.database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            distinct = self.database.execute(f"SELECT DISTINCT * FROM {table}")  # noqa: S608
            server.fill(table, distinct)
        server.run(INDEXES + "VACUUM ANALYZE;")


def told_by(server: Postgres, suspect: str) -> tuple[int, ...]:
    """What PostgreSQL says of a recall: lots, low, high, orders, shipments, customers."""
    lots, _since, low, high, orders, shipments, customers = server.answer(TOTALS, suspect)
    return tuple(map(int, (lots, low, high, orders, shipments, customers)))


def told_of(totals: RecallTotals) -> tuple[int, ...]:
    """The same numbers of the twin's answer."""
    low, high = totals.low, totals.high
    return (totals.lots, low, high, totals.orders, totals.shipments, totals.customers)
