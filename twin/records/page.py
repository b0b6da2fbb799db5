"""A slice of a long list, and how to go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Whether more follows, and the cursor to ask for it."""

    has_next_page: bool
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list; ``count`` tells the length of the whole list when somebody asks."""

    nodes: tuple[T, ...]
    cursors: tuple[str, ...]
    page_info: PageInfo
    count: Callable[[], Awaitable[int]]
