"""Keeps the repairs of machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, LiteralString

from twin.events.event import Event
from twin.folds.repair import repair, repair_of
from twin.graph.session import Transaction
from twin.projection.derived import Derived, Rewritten, brought, told, without
from twin.projection.held import Name
from twin.projection.pieces import send
from twin.projection.refold import Touched

TOLD_OF_REPAIRS: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (one:Repair {repair_id: key})-[:TOLD_BY]->(event:Event)
    RETURN key AS key, event.event_id AS event_id
"""

DROP_REPAIRS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (one:Repair {repair_id: row.key})
    DETACH DELETE one
"""

ADD_REPAIRS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (machine:Equipment {equipment_id: row.properties.equipment_id})
    CREATE (one:Repair)
    SET one = row.properties, one.repair_id = row.key
    CREATE (one)-[:REPAIR_OF]->(machine)
"""

TELL_OF_REPAIRS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (one:Repair {repair_id: row.key})
    MATCH (event:Event {event_id: row.event_id})
    CREATE (one)-[:TOLD_BY]->(event)
"""


async def write_repairs(tx: Transaction, touched: Mapping[Name, Touched]) -> None:
    """Fold the repairs again that the batch tells of, and write what is no longer as it was."""
    changes: dict[str, Touched] = brought(touched, ("Equipment",), repair_of)
    if not changes:
        return
    known = await told(tx, TOLD_OF_REPAIRS, list(changes))
    rewritten = Rewritten()
    for repair_id, change in changes.items():
        events = known.get(repair_id, [])
        rewritten.turn(derived_repair(repair_id, events), derived_repair(repair_id, without(events, change)))
    await send(tx, DROP_REPAIRS, rewritten.gone)
    await send(tx, ADD_REPAIRS, rewritten.new)
    await send(tx, TELL_OF_REPAIRS, rewritten.ties)


def derived_repair(repair_id: str, events: Sequence[Event]) -> Iterator[Derived]:
    """The repair as a node, if anything that counts tells of it."""
    if events:
        told_by = tuple(event.event_id for event in sorted(events, key=lambda event: event.order))
        yield Derived(repair_id, repair(events), told_by)
