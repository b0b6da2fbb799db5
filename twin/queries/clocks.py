"""The two moments a question may be asked with (semantics.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from twin.vocabulary.instants import Instant

UNLIMITED: Final = Instant(2**62)
"""Later than anything that happens: what no limit becomes in a statement."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Up to when things happened, and up to when the twin knew of them; None limits nothing."""

    as_of: Instant | None = None
    known_at: Instant | None = None

    @property
    def live(self) -> bool:
        """Whether the question is about everything recorded so far."""
        return self.as_of is None and self.known_at is None

    @property
    def latest(self) -> Instant:
        """The bound for occurred_at."""
        return UNLIMITED if self.as_of is None else self.as_of

    @property
    def learned(self) -> Instant:
        """The bound for recorded_at."""
        return UNLIMITED if self.known_at is None else self.known_at


LIVE: Final = Clocks()
"""Everything recorded so far."""
