"""The same answers for one customer's eyes: own lots, units, orders and shipments, and no other name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from twin.dossier.belongings import Belongings, Share
from twin.dossier.recall_tables import LOT_COLUMNS, UNIT_COLUMNS, moment, places
from twin.lineage.plant import Plant
from twin.records.dossier import Row, Table
from twin.records.genealogy import LineageEdge, LineageNode
from twin.records.recall import AffectedLot, Exposure, LineageFinding
from twin.vocabulary.instants import written
from twin.vocabulary.states import Disposition
from twin.vocabulary.things import Thing, ThingKind

_SHOWN: Final = tuple(where for where in Disposition if where is not Disposition.SCRAPPED)
"""How much of a lot was scrapped is its yield: nobody's business outside."""

WITHHELD_OF_RECALL: Final = (
    "the suspect",
    "evidence",
    "material lots",
    "scrap",
    "numbers of lots shared with others",
    "things of others",
)
WITHHELD_OF_TRACE: Final = (
    "machines, materials, tools, recipes, substrates, dies and people",
    "numbers of lots shared with others",
    "things of others",
)


def customer_recall_tables(plant: Plant, exposure: Exposure, own: Belongings) -> tuple[Table, ...]:
    """What a recall reaches of one customer's things."""
    lots = [row for row in exposure.lots if own.share(row.lot_id) is not Share.NONE]
    orders = [row for row in exposure.orders if own.has_alone(Thing(ThingKind.ORDER, row.order_id))]
    shared = _shared_orders(plant, exposure, own)
    shipments = [
        row for row in exposure.shipments if own.has_alone(Thing(ThingKind.SHIPMENT, row.shipment_id))
    ]
    order_rows: list[Row] = [
        (
            row.order_id,
            row.certainty.value,
            *((None, None) if row.order_id in shared else (row.low, row.high)),
        )
        for row in orders
    ]
    shipment_rows: list[Row] = [
        (row.shipment_id, row.certainty.value, row.low, row.high) for row in shipments
    ]
    return (
        _totals(
            [row for row in lots if own.share(row.lot_id) is Share.ALL],
            {"lots": len(lots), "orders": len(orders), "shipments": len(shipments)},
        ),
        Table("lots", LOT_COLUMNS, lambda: (_lot(plant, row, own) for row in lots)),
        Table("units", UNIT_COLUMNS, lambda: _units(plant, exposure, own)),
        Table("orders", ("order_id", "certainty", "low", "high"), lambda: order_rows),
        Table("shipments", ("shipment_id", "certainty", "low", "high"), lambda: shipment_rows),
        _findings(exposure.findings, own),
    )


def customer_trace_tables(
    nodes: Sequence[LineageNode],
    edges: Sequence[LineageEdge],
    findings: Sequence[LineageFinding],
    own: Belongings,
) -> tuple[Table, ...]:
    """The part of a walk that lies among one customer's things."""
    seen = [node for node in nodes if own.has(node.thing)]
    between = [edge for edge in edges if own.has(edge.source) and own.has(edge.target)]
    return (
        Table(
            "nodes",
            ("level", "kind", "key", "until", "since"),
            lambda: (
                (node.level, node.kind.value, node.thing.key, moment(node.until), moment(node.since))
                for node in seen
            ),
        ),
        Table(
            "edges",
            ("from", "relation", "to", "quantity", "unit", "at"),
            lambda: (_edge(edge, own) for edge in between),
        ),
        _findings(findings, own),
    )


def _totals(lots: list[AffectedLot], counts: Mapping[str, int]) -> Table:
    """Sums over the lots that are the customer's alone, and counts of the customer's things."""
    rows: list[Row] = [("units", sum(lot.low for lot in lots), sum(lot.high for lot in lots))]
    places = [bound for lot in lots for bound in lot.dispositions]
    for where in _SHOWN:
        here = [bound for bound in places if bound.disposition is where]
        if here:
            rows.append((where.value, sum(b.low for b in here), sum(b.high for b in here)))
    rows += [(name, count, count) for name, count in counts.items()]
    return Table("totals", ("item", "low", "high"), lambda: rows)


def _shared_orders(plant: Plant, exposure: Exposure, own: Belongings) -> set[str]:
    """The orders that a reached lot serves together with somebody else's."""
    return {
        order_id
        for lot in exposure.lots
        if own.share(lot.lot_id) is Share.PART
        for order_id in plant.ledger.accounts.lots[lot.lot_id].orders
    }


def _lot(plant: Plant, lot: AffectedLot, own: Belongings) -> Row:
    account = plant.ledger.accounts.lots[lot.lot_id]
    product = own.product(plant.ledger.accounts.product_of(lot.lot_id))
    orders = " ".join(key for key in account.orders if own.has_alone(Thing(ThingKind.ORDER, key)))
    if own.share(lot.lot_id) is Share.PART:
        return (lot.lot_id, product, lot.certainty.value, None, None, None, None, orders, None)
    numbers = (lot.low, lot.high, lot.quantity)
    where = places(row for row in lot.dispositions if row.disposition in _SHOWN)
    return (lot.lot_id, product, lot.certainty.value, *numbers, written(lot.since), orders, where)


def _units(plant: Plant, exposure: Exposure, own: Belongings) -> Iterator[Row]:
    for row in exposure.units:
        if not own.has_alone(Thing(ThingKind.UNIT, row.unit_id)):
            continue
        unit = plant.ledger.units.units[row.unit_id]
        part = unit.part
        lot = unit.lot if unit.lot is not None and own.share(unit.lot) is not Share.NONE else None
        yield (
            row.unit_id,
            row.certainty.value,
            lot,
            None,
            _own(own, ThingKind.CONTAINER, part.container if part else None),
            _own(own, ThingKind.SHIPMENT, part.shipment if part else None),
        )


def _own(own: Belongings, kind: ThingKind, key: str | None) -> str | None:
    return key if key is not None and own.has_alone(Thing(kind, key)) else None


def _edge(edge: LineageEdge, own: Belongings) -> Row:
    alone = own.has_alone(edge.source) and own.has_alone(edge.target)
    amount = (edge.quantity, edge.unit or "PCS") if alone and edge.quantity is not None else (None, None)
    return (str(edge.source), edge.relation, str(edge.target), *amount, moment(edge.at))


def _findings(findings: Iterable[LineageFinding], own: Belongings) -> Table:
    """Without their words, which may name anything."""
    rows: list[Row] = [
        (row.code, " ".join(map(str, row.things)), written(row.at))
        for row in findings
        if row.things and all(own.has_alone(thing) for thing in row.things)
    ]
    return Table("findings", ("code", "things", "found_at"), lambda: rows)
