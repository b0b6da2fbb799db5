"""A slice of a long list, and how to go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, NewType, TypeVar

T = TypeVar("T")
S = TypeVar("S")

Cursor = NewType("Cursor", str)
"""A place in a list, to be sent back unchanged."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Whether more follows, and the cursor to ask for it."""

    has_next_page: bool
    end_cursor: Cursor | None


@dataclass(frozen=True, slots=True)
class Edge(Generic[T]):
    """A row with its place in the list."""

    node: T
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list; ``count`` tells the length of the whole list when somebody asks."""

    nodes: tuple[T, ...]
    cursors: tuple[Cursor, ...]
    page_info: PageInfo
    count: Callable[[], Awaitable[int]]

    def shown_as(self, shown: Callable[[T], S]) -> Page[S]:
        """The same page, each row in another form."""
        return Page(tuple(map(shown, self.nodes)), self.cursors, self.page_info, self.count)
