"""What was maintained on machines."""

from __future__ import annotations

from resolvers import measurements
from schema.fields import answers, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.forward import EventRecordRef
from schema.types.node import Connection
from twin.records import maintenance as records
from twin.vocabulary.instants import Instant


@answers(records.MaintenanceCheck, allow=READERS)
class MaintenanceCheck:
    """One point of a maintenance task."""

    name: str = told("What was looked at or done.")
    ok: bool = told("Whether it was well.")
    note: str | None = told("What was written about it.")


@answers(records.Maintenance, allow=READERS)
class Maintenance:
    """A maintenance task that was done."""

    task_id: str = told("The task's own name.")
    by: str = told("Who did it.", allow=SHOP_FLOOR)
    at: Instant = told("When.")
    items: list[MaintenanceCheck] = told("Its points.")
    event: EventRecordRef = resolved_by(measurements.event)


@answers(allow=READERS)
class MaintenanceConnection(Connection):
    """A slice of a list of maintenance tasks."""

    nodes: list[Maintenance] = told("The tasks of this slice.")
