"""Keeps the intervals in which tools and material lots sat on machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, LiteralString

from twin.events.event import Event
from twin.folds.mount_interval import Track, mount_intervals, track_of
from twin.graph.session import Transaction
from twin.projection.derived import Derived, Rewritten, brought, told, without
from twin.projection.held import Name
from twin.projection.pieces import send
from twin.projection.refold import Touched

TOLD_OF_TRACKS: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (one:MountInterval {track: key})-[:TOLD_BY]->(event:Event)
    RETURN key AS key, event.event_id AS event_id
"""

DROP_MOUNTS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (one:MountInterval {mount_id: row.key})
    DETACH DELETE one
"""

ADD_MOUNTS: Final[dict[str, LiteralString]] = {
    "Tool": """
        UNWIND $rows AS row
        MATCH (machine:Equipment {equipment_id: row.properties.equipment_id})
        MATCH (thing:Tool {tool_id: row.properties.tool_id})
        CREATE (one:MountInterval)
        SET one = row.properties, one.mount_id = row.key
        CREATE (one)-[:MOUNTED_ON]->(machine)
        CREATE (one)-[:MOUNT_OF]->(thing)
    """,
    "MaterialLot": """
        UNWIND $rows AS row
        MATCH (machine:Equipment {equipment_id: row.properties.equipment_id})
        MATCH (thing:MaterialLot {material_lot_id: row.properties.material_lot_id})
        CREATE (one:MountInterval)
        SET one = row.properties, one.mount_id = row.key
        CREATE (one)-[:MOUNTED_ON]->(machine)
        CREATE (one)-[:MOUNT_OF]->(thing)
    """,
}
"""Put what sat there between its machine and itself, by its label."""

TELL_OF_MOUNTS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (one:MountInterval {mount_id: row.key})
    MATCH (event:Event {event_id: row.event_id})
    CREATE (one)-[:TOLD_BY]->(event)
"""


async def write_mounts(tx: Transaction, touched: Mapping[Name, Touched]) -> None:
    """Fold the tracks again that the batch tells of, and write what is no longer as it was."""
    changes: dict[Track, Touched] = brought(touched, tuple(ADD_MOUNTS), track_of)
    if not changes:
        return
    known = await told(tx, TOLD_OF_TRACKS, [track.key for track in changes])
    rewritten = {label: Rewritten() for label in ADD_MOUNTS}
    for track, change in changes.items():
        events = known.get(track.key, [])
        rewritten[track.label].turn(
            derived_mounts(track, events), derived_mounts(track, without(events, change))
        )
    for label, rows in rewritten.items():
        await send(tx, DROP_MOUNTS, rows.gone)
        await send(tx, ADD_MOUNTS[label], rows.new)
        await send(tx, TELL_OF_MOUNTS, rows.ties)


def derived_mounts(track: Track, events: Iterable[Event]) -> Iterator[Derived]:
    """The intervals of a track as nodes."""
    for interval in mount_intervals(track, events):
        yield Derived(interval.key, interval.properties(), tuple(interval.told_by))
