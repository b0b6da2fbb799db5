"""How much of what route, bill of materials, maps and tests require is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twin.vocabulary.things import Thing


class Aspect(StrEnum):
    """What requires a record."""

    ROUTE = "ROUTE"
    BOM = "BOM"
    MAP = "MAP"
    UNIT = "UNIT"
    TEST = "TEST"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is required and not recorded: which rule, what it wants, and where it is wanting."""

    aspect: Aspect
    code: str
    wanted: str
    thing: Thing


@dataclass(frozen=True, slots=True)
class AspectScore:
    """How much one aspect requires by now, and how much of that is recorded."""

    aspect: Aspect
    required: int
    recorded: int


@dataclass(frozen=True, slots=True)
class TraceLevel:
    """The IPC-1782 levels reached, as far as facts can tell; ``wanting`` is what keeps from the next."""

    material: int
    process: int
    wanting: tuple[str, ...] = ()

    @property
    def level(self) -> int:
        """The lower of both."""
        return min(self.material, self.process)


@dataclass(frozen=True, slots=True)
class Completeness:
    """The score of one thing, from 0 to 1: the mean over the aspects that require something by now.

    ``score`` and ``level`` are None when the route is not known or nothing is required yet; ``unscored``
    says why, and which aspects nobody defined.
    """

    name: str
    aspects: tuple[AspectScore, ...]
    missing: tuple[Gap, ...]
    unscored: tuple[str, ...] = ()
    levels: TraceLevel | None = None

    @property
    def required(self) -> int:
        """How many records are required by now."""
        return sum(row.required for row in self.aspects)

    @property
    def recorded(self) -> int:
        """How many of them are there."""
        return sum(row.recorded for row in self.aspects)

    @property
    def score(self) -> float | None:
        """The mean of the shares of each aspect; None when it cannot be told."""
        shares = [row.recorded / row.required for row in self.aspects if row.required]
        if not shares or ROUTE_UNKNOWN in self.unscored:
            return None
        return sum(shares) / len(shares)

    @property
    def level(self) -> int | None:
        """The IPC-1782 level reached; None when it cannot be told."""
        return None if self.levels is None else self.levels.level


ROUTE_UNKNOWN = "route.unknown"
BOM_UNKNOWN = "bom.unknown"
TEST_UNKNOWN = "test.unknown"
NOTHING_DUE = "nothing.due"
