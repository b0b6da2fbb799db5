"""Parameters of machines over time."""

from __future__ import annotations

from schema.fields import answers, told
from schema.policies import SHOP_FLOOR
from twin.records import series as records
from twin.vocabulary.instants import Instant


@answers(records.SeriesBucket, allow=SHOP_FLOOR)
class SeriesBucket:
    """The numbers sampled in one stretch of time."""

    from_at: Instant = told("Its first moment.", name="from")
    to_at: Instant = told("The moment after its last.", name="to")
    count: int = told("How many numbers were sampled.")
    min: float = told("The least of them.")
    max: float = told("The greatest of them.")
    mean: float = told("Their arithmetic mean; each sample weighs the same.")


@answers(records.ParameterSeries, allow=SHOP_FLOOR)
class ParameterSeries:
    """A parameter of a machine over time, downsampled; true counts as 1 and false as 0."""

    equipment_id: str = told("The machine.")
    name: str = told("The parameter, as the machine names it.")
    from_at: Instant = told("The first moment that was asked about.", name="from")
    to_at: Instant = told("The moment up to which was asked.", name="to")
    units: list[str] = told("Units that the samples carried; more than one means that buckets may mix them.")
    count: int = told("How many numbers were sampled.")
    word_count: int = told("How many samples were words; no bucket holds them.")
    buckets: list[SeriesBucket] = told("The stretches that hold numbers, in time; the others are left out.")
