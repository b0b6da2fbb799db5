"""What bad things share more often than good ones."""

from __future__ import annotations

from collections.abc import Sequence

from twin.errors import Refused
from twin.graph.session import Graph
from twin.records.answer import SuspectFactor
from twin.vocabulary.things import Thing


async def commonality(_: Graph, __: Sequence[Thing], ___: Sequence[Thing]) -> list[SuspectFactor]:
    """The shared ancestors of the bad things, the most telling first.

    Raises:
        Refused: ``question.not_available_yet``.
    """
    raise Refused("commonality is not answered yet.", code="question.not_available_yet")
