"""How a resolver sees its request: the context, and at which moments its root field is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import strawberry
from graphql.pyutils import Path
from strawberry.types.nodes import SelectedField

from resolvers.context import Context
from twin.queries.clocks import LIVE, Clocks
from twin.vocabulary.instants import Instant

Info: TypeAlias = strawberry.Info[Context, None]


def ask_at(info: Info, as_of: Instant | None, known_at: Instant | None) -> Clocks:
    """Fix the moments of this root field; everything below it is answered as of them."""
    clocks = Clocks(as_of, known_at)
    info.context.clocks[_root_key(info)] = clocks
    return clocks


def clocks_of(info: Info) -> Clocks:
    """The moments that the root field above was asked at."""
    return info.context.clocks.get(_root_key(info), LIVE)


def asks_only(info: Info, name: str) -> bool:
    """Whether one field is all that is asked of what a field answers; the rows of a list are asked alike."""
    place = (name, *_place(info))
    known = info.context.asked_only.get(place)
    if known is None:
        asked = [field for field in info.selected_fields if isinstance(field, SelectedField)]
        parts = [part for field in asked for part in field.selections]
        known = all(isinstance(part, SelectedField) and part.name in (name, "__typename") for part in parts)
        info.context.asked_only[place] = known
    return known


def _place(info: Info) -> Iterator[str | None]:
    """Where a field stands in the question: by names and types, whichever row it is of."""
    path: Path | None = info.path
    while path is not None:
        if isinstance(path.key, str):
            yield path.key
            yield path.typename
        path = path.prev


def _root_key(info: Info) -> str | int:
    path = info.path
    while path.prev is not None:
        path = path.prev
    return path.key
