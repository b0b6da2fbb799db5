"""A recall as a dossier, whole or for one customer's eyes."""

from __future__ import annotations

from dataclasses import replace

from twin.dossier.about import for_customer
from twin.dossier.belongings import Belongings
from twin.dossier.customer_tables import WITHHELD_OF_RECALL, customer_recall_tables
from twin.dossier.question import field_of
from twin.dossier.recall_tables import recall_tables
from twin.dossier.runs import runs_of_events
from twin.events.event import Event
from twin.events.naming import named
from twin.lineage.plant import Plant
from twin.lineage.scope import thing_of
from twin.records.dossier import Dossier, Head
from twin.records.recall import Exposure, RecallScope


def whole_recall(head: Head, plant: Plant, exposed: Exposure) -> Dossier:
    """All that the exposure lists, and the events about it."""
    return Dossier(head, recall_tables(plant, exposed), _told(plant, exposed), runs_of_events(plant))


def recall_for_customer(
    head: Head, plant: Plant, exposed: Exposure, scope: RecallScope, customer_id: str
) -> Dossier:
    """What of it is one customer's; the suspect is named only when it is that customer's lot."""
    own = Belongings(plant, customer_id)
    seen = for_customer(head, customer_id, WITHHELD_OF_RECALL)
    if not own.has_alone(thing_of(scope)):
        moments = {name: value for name, value in head.question.items() if name != "scope"}
        seen = replace(seen, question={"scope": {field_of(scope): {}}, **moments})
    events = tuple(event for event in _told(plant, exposed) if own.tells_only_of_own(event))
    return Dossier(seen, customer_recall_tables(plant, exposed, own), events)


def _told(plant: Plant, exposed: Exposure) -> tuple[Event, ...]:
    """The events about what the answer lists."""
    listed = {("Lot", row.lot_id) for row in exposed.lots}
    listed |= {("Unit", row.unit_id) for row in exposed.units}
    listed |= {("MaterialLot", row.material_lot_id) for row in exposed.material_lots}
    listed |= {("Shipment", row.shipment_id) for row in exposed.shipments}
    return tuple(event for event in plant.events if not listed.isdisjoint(named(event.fact)))
