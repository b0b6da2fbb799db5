"""Several questions to the graph: at once, or one after the other where only one of them has to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def answered(questions: Sequence[Coroutine[Any, Any, T]], *, in_turn: bool) -> list[T]:
    """The answers, in order; where nothing has to wait, tasks of their own would only cost time."""
    if not in_turn:
        return await asyncio.gather(*questions)
    try:
        return [await question for question in questions]
    finally:
        for question in questions:
            question.close()
