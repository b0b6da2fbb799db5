"""Work in progress."""

from __future__ import annotations

from schema.fields import answers, told
from schema.policies import READERS
from twin.records import wip as records
from twin.vocabulary.instants import Instant


@answers(records.WipStage, allow=READERS)
class WipStage:
    """The work at one operation."""

    operation: str = told("The operation's code.")
    waiting: int = told("Units waiting.")
    processing: int = told("Units in process.")
    held: int = told("Units held.")
    lots: int = told("Lots at the operation.")
    oldest_since: Instant | None = told("Since when the lot that moved longest ago has not moved.")


@answers(records.WipBoard, allow=READERS)
class WipBoard:
    """Work in progress of a line, or of the plant."""

    line_id: str | None = told("The line; null for the plant.")
    stages: list[WipStage] = told("The operations that hold lots, by code.")
    as_of: Instant = told("When it was counted.")
