"""What a recall exposes, as tables for those who may see all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twin.lineage.plant import Plant
from twin.records.dossier import Row, Table
from twin.records.recall import AffectedLot, DispositionBound, Exposure, LineageFinding, RecallTotals
from twin.vocabulary.instants import Instant, written
from twin.vocabulary.states import Disposition
from twin.vocabulary.things import Thing, ThingKind

LOT_COLUMNS = ("lot_id", "product_id", "certainty", "low", "high", "quantity", "since", "orders", "where")
UNIT_COLUMNS = ("unit_id", "certainty", "lot_id", "substrate_id", "container_id", "shipment_id")
FINDING_COLUMNS = ("code", "things", "message", "found_at", "event_id")


def recall_tables(plant: Plant, exposure: Exposure) -> tuple[Table, ...]:
    """All that the exposure lists, and the shortest evidence of each lot."""
    return (
        totals_table(exposure.totals),
        Table("lots", LOT_COLUMNS, lambda: (lot_row(plant, lot) for lot in exposure.lots)),
        Table("units", UNIT_COLUMNS, lambda: unit_rows(plant, exposure)),
        Table(
            "orders",
            ("order_id", "certainty", "low", "high"),
            lambda: ((row.order_id, row.certainty.value, row.low, row.high) for row in exposure.orders),
        ),
        Table(
            "customers",
            ("customer_id", "certainty", "orders", "shipments"),
            lambda: (
                (row.customer_id, row.certainty.value, row.orders, row.shipments)
                for row in exposure.customers
            ),
        ),
        Table(
            "shipments",
            ("shipment_id", "certainty", "low", "high"),
            lambda: ((row.shipment_id, row.certainty.value, row.low, row.high) for row in exposure.shipments),
        ),
        Table(
            "material_lots",
            ("material_lot_id", "since"),
            lambda: ((row.material_lot_id, moment(row.since)) for row in exposure.material_lots),
        ),
        Table(
            "evidence",
            ("thing", "step", "relation", "from", "to", "at", "event_id", "source"),
            lambda: _evidence(plant, exposure),
        ),
        findings_table(exposure.findings),
    )


def totals_table(totals: RecallTotals) -> Table:
    """The sums; a count has the same number on both sides."""
    counts = ("lots", "definite_lots", "possible_lots", "orders", "customers", "shipments")
    rows: list[Row] = [("units", totals.low, totals.high)]
    rows += [(row.disposition.value, row.low, row.high) for row in totals.by_disposition]
    rows += [(name, getattr(totals, name), getattr(totals, name)) for name in counts]
    return Table("totals", ("item", "low", "high"), lambda: rows)


def findings_table(findings: Iterable[LineageFinding]) -> Table:
    """What does not fit among the facts that the answer rests on."""
    rows: list[Row] = [
        (row.code, " ".join(map(str, row.things)), row.message, written(row.at), row.event_id)
        for row in findings
    ]
    return Table("findings", FINDING_COLUMNS, lambda: rows)


def lot_row(plant: Plant, lot: AffectedLot) -> Row:
    """A lot with its bounds, its orders, and where its suspect units are."""
    account = plant.ledger.accounts.lots.get(lot.lot_id)
    return (
        lot.lot_id,
        plant.ledger.accounts.product_of(lot.lot_id),
        lot.certainty.value,
        lot.low,
        lot.high,
        lot.quantity,
        written(lot.since),
        " ".join(account.orders) if account else "",
        places(lot.dispositions),
    )


def unit_rows(plant: Plant, exposure: Exposure) -> Iterator[Row]:
    """The units with what they lie in."""
    known = plant.ledger.units.units
    for row in exposure.units:
        unit = known[row.unit_id]
        part = unit.part
        yield (
            row.unit_id,
            row.certainty.value,
            unit.lot,
            unit.substrate,
            part.container if part else None,
            part.shipment if part else None,
        )


def places(rows: Iterable[DispositionBound]) -> str:
    """Where suspect units are, with bounds, in words of the vocabulary."""
    return ", ".join(f"{_name(row.disposition)} {row.low}..{row.high}" for row in rows)


def moment(at: Instant | None) -> str | None:
    """A moment as files carry it; none stays none."""
    return None if at is None else written(at)


def _name(disposition: Disposition) -> str:
    return disposition.value


def _evidence(plant: Plant, exposure: Exposure) -> Iterator[Row]:
    sources = {event.event_id: event.source for event in plant.events}
    for lot in exposure.lots:
        thing = Thing(ThingKind.LOT, lot.lot_id)
        for path in exposure.evidence(thing, limit=1):
            for number, step in enumerate(path, 1):
                source = sources.get(step.event_id)
                told = (step.relation, str(step.source), str(step.target), written(step.at))
                yield (str(thing), number, *told, step.event_id, source)
