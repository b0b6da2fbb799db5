"""What the graph keeps of machines beside what they are now: states, mounts and repairs, with their times."""

from __future__ import annotations

from collections.abc import Mapping

from twin.folds.mount_interval import MOUNTING
from twin.folds.repair import REPAIRING
from twin.folds.state_interval import REPORTS
from twin.graph.session import Transaction
from twin.projection.held import Holding, Name
from twin.projection.mounts import write_mounts
from twin.projection.plan import Plan
from twin.projection.repairs import write_repairs
from twin.projection.states import Reports, reports, write_states


class Spans:
    """What a batch brings to the spans of machines; nothing, as a rule, and then it costs nothing."""

    def __init__(self, planned: Plan, holdings: Mapping[Name, Holding]) -> None:
        """Take the machines' newest reports as they are before the batch is folded into the holdings."""
        self._touched = planned.touched
        told = {type(event.fact) for event in (*planned.fresh, *planned.voided.values())}
        self._has_mounts = not told.isdisjoint(MOUNTING)
        self._has_repairs = not told.isdisjoint(REPAIRING)
        has_states = not told.isdisjoint(REPORTS)
        self._reports: dict[str, Reports] = reports(planned.touched, holdings) if has_states else {}

    async def write(self, tx: Transaction) -> None:
        """Write what changed; the things and events are there already."""
        if self._reports:
            await write_states(tx, self._reports)
        if self._has_mounts:
            await write_mounts(tx, self._touched)
        if self._has_repairs:
            await write_repairs(tx, self._touched)
