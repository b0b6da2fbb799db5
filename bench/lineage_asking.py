"""Questions to the index that nobody asked before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Final

from twin.queries.clocks import LIVE
from twin.queries.index.index import LineageIndex
from twin.records.recall import Exposure, MaterialLotScope
from twin.vocabulary.instants import Instant

_NUMBERS: Final = count(1)


def long_before() -> Instant:
    """A moment before the plant began, each time another one."""
    return Instant(next(_NUMBERS))


async def next_asked(index: LineageIndex, suspects: Iterator[str]) -> Exposure:
    """A question that nobody asked before: suspect since another moment, long before the plant began."""
    return await asked(index, MaterialLotScope(next(suspects), long_before()))


async def asked(index: LineageIndex, scope: MaterialLotScope) -> Exposure:
    """The index's answer; passed over by a busy machine, it is asked again, and the time counts."""
    async with asyncio.timeout(30):
        while (found := await index.exposure(scope, LIVE)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found
