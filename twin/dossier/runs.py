"""Which operation run the facts of an answer belong to."""

from __future__ import annotations

from collections.abc import Mapping

from twin.events.material import MaterialConsumed
from twin.lineage.plant import Plant


def runs_of_events(plant: Plant) -> Mapping[str, str]:
    """The id of each track-in, track-out and consumption to the key of its run."""
    found: dict[str, str] = {}
    for lot_id in plant.tracking:
        for run in plant.runs(lot_id):
            for event in (run.track_in, run.track_out):
                if event is not None:
                    found[event.event_id] = run.key
    for placed in (placed for rows in plant.consumptions.values() for placed in rows):
        fact = placed[1].fact
        assert isinstance(fact, MaterialConsumed)  # noqa: S101 - indexed so
        belongs = plant.run_at(fact.lot_id, fact.operation, fact.equipment_id, placed)
        if belongs is not None:
            found[placed[1].event_id] = belongs.key
    return found
