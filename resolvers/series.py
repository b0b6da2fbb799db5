"""Parameters of machines over time."""

from __future__ import annotations

from typing import Annotated, Final

import strawberry

from resolvers.asking import Info
from twin.history.engine import HistoryUnavailable
from twin.history.series import SeriesAsked
from twin.queries.parameter_series import parameter_series
from twin.records.series import ParameterSeries
from twin.vocabulary.instants import Instant

_USUAL_BUCKETS: Final = 200


async def find(
    info: Info,
    equipment_id: str,
    name: str,
    from_at: Annotated[Instant, strawberry.argument(name="from")],
    to_at: Annotated[Instant, strawberry.argument(name="to")],
    buckets: int | None = _USUAL_BUCKETS,
) -> ParameterSeries:
    """A parameter of a machine from a moment up to another, in stretches of equal length (at most 2,000).

    The counters of a machine are the parameters ProductionCounted.total and ProductionCounted.good.
    """
    samples = info.context.samples
    if samples is None:
        raise HistoryUnavailable("this process has no history of samples")
    asked = SeriesAsked(equipment_id, name, from_at, to_at, _USUAL_BUCKETS if buckets is None else buckets)
    return await parameter_series(info.context.graph, samples, asked)
