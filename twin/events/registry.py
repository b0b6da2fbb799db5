"""Every fact the contract lists, by its name."""

from __future__ import annotations

from typing import Final

from twin.events import (
    alarm,
    correction,
    equipment,
    lot,
    maintenance,
    material,
    order,
    packing,
    quality,
    recipe,
    substrate,
    tool,
)
from twin.events.fact import Fact

_SUBJECTS: Final = (
    order,
    lot,
    material,
    tool,
    substrate,
    packing,
    equipment,
    alarm,
    recipe,
    quality,
    maintenance,
    correction,
)


def _facts() -> dict[str, type[Fact]]:
    return {
        name: member
        for subject in _SUBJECTS
        for name, member in vars(subject).items()
        if isinstance(member, type)
        and issubclass(member, Fact)
        and member.__module__ == subject.__name__
        and not name.startswith("_")
    }


FACTS: Final[dict[str, type[Fact]]] = _facts()
"""Type name to fact, in the order of events.md."""
