"""Things as questions name them."""

from __future__ import annotations

import re
from typing import Final

from resolvers.inputs import ThingRef
from twin.errors import Refused
from twin.vocabulary.things import Thing, ThingKind, die_key

_DIE: Final = re.compile(r"^(?P<substrate>.{1,128})@(?P<x>-?\d{1,9}),(?P<y>-?\d{1,9})$", re.DOTALL)


def thing_asked(of: ThingRef) -> Thing:
    """The thing that a reference means; a die may be told by its substrate's key with x and y.

    Raises:
        Refused: ``thing.bad_key`` for a die without coordinates.
    """
    key = of.key.removeprefix(f"{of.kind.value}:")
    if of.kind is not ThingKind.DIE:
        return Thing(of.kind, key)
    if of.x is not None and of.y is not None:
        return Thing(of.kind, die_key(key, of.x, of.y))
    site_of(key)
    return Thing(of.kind, key)


def site_of(key: str) -> tuple[str, int, int]:
    """Substrate, x and y of a die's key.

    Raises:
        Refused: ``thing.bad_key`` when it is not of the form substrate@x,y.
    """
    match = _DIE.match(key)
    if match is None:
        raise Refused("A die is named by substrate@x,y, or by x and y.", code="thing.bad_key", field="key")
    return match["substrate"], int(match["x"]), int(match["y"])
