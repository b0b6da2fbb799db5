"""How a parameter of a machine went over time."""

from __future__ import annotations

from typing import Final, Protocol

from twin.errors import NotFound, Refused
from twin.graph.session import Graph
from twin.history.series import SeriesAsked
from twin.queries.things import things_by_key
from twin.records.series import ParameterSeries

MOST_BUCKETS: Final = 2_000


class Samples(Protocol):
    """Where the samples of machines are kept."""

    async def series(self, asked: SeriesAsked) -> ParameterSeries:
        """What a parameter was; without any sample, a series without buckets."""
        ...


async def parameter_series(graph: Graph, samples: Samples, asked: SeriesAsked) -> ParameterSeries:
    """A parameter of a machine, summed up by stretches; empty when the machine never told it then.

    Raises:
        NotFound: no event names the machine.
        Refused: the moments are the wrong way round, or the stretches too many or none.
        HistoryUnavailable: the samples could not be read in time.
    """
    if not 1 <= asked.buckets <= MOST_BUCKETS:
        raise Refused(
            f"buckets is {asked.buckets}; 1 to {MOST_BUCKETS} are allowed.",
            code="series.bad_buckets",
            field="buckets",
        )
    if asked.span <= 0:
        raise Refused("to must be later than from.", code="series.bad_range", field="to")
    if not await things_by_key(graph, "Equipment", [asked.equipment_id]):
        raise NotFound(f"No event names equipment {asked.equipment_id}.", field="equipmentId")
    return await samples.series(asked)
