"""What the metrics show of what a process takes in."""

from __future__ import annotations

from schema.http.metrics import Metrics
from twin.intake.archiving import Archiving
from twin.intake.outbox import Outbox
from twin.intake.store_alarms import StoreAlarms


def watch_intake(metrics: Metrics, outbox: Outbox, archiving: Archiving, alarms: StoreAlarms) -> None:
    """Show what waits in the outbox, and every alarm about where events are kept."""
    metrics.watch("outbox_waiting_bytes", "Accepted and not yet projected.", lambda: outbox.waiting_bytes)
    metrics.watch("outbox_alarm", "1 while events are refused or soon will be.", lambda: outbox.is_alarming)
    metrics.watch("archive_alarm", "1 while nothing can be archived.", lambda: archiving.trouble is not None)
    metrics.watch("store_alarms", "Faults of stores that are not yet told to be over.", lambda: alarms.open)
