"""A walk as a dossier, whole or for one customer's eyes."""

from __future__ import annotations

from twin.dossier.about import for_customer
from twin.dossier.belongings import Belongings
from twin.dossier.customer_tables import WITHHELD_OF_TRACE, customer_trace_tables
from twin.dossier.runs import runs_of_events
from twin.dossier.trace_tables import trace_tables
from twin.errors import NotFound
from twin.lineage.plant import Plant
from twin.records.dossier import Dossier, Head
from twin.records.genealogy import Lineage


def whole_trace(head: Head, walked: Lineage, plant: Plant) -> Dossier:
    """All that the walk reached, and the events between."""
    told = {edge.event_id for edge in walked.edges}
    between = tuple(event for event in plant.events if event.event_id in told)
    sources = {event.event_id: event.source for event in between}
    tables = trace_tables(walked.nodes, walked.edges, walked.findings, sources)
    return Dossier(head, tables, between, runs_of_events(plant))


def trace_for_customer(head: Head, walked: Lineage, plant: Plant, customer_id: str) -> Dossier:
    """The part of it that lies among one customer's things; ``plant`` knows whose each of them is.

    Raises:
        NotFound: the walk starts at nothing of the customer's, in the words for what does not exist.
    """
    own = Belongings(plant, customer_id)
    root = walked.root.thing
    if not own.has(root):
        raise NotFound(f"no counted event names {root}")
    told = {edge.event_id for edge in walked.edges}
    events = tuple(e for e in plant.events if e.event_id in told and own.tells_only_of_own(e))
    tables = customer_trace_tables(walked.nodes, walked.edges, walked.findings, own)
    return Dossier(for_customer(head, customer_id, WITHHELD_OF_TRACE), tables, events)
