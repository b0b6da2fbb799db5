"""A system that tells facts: which of its numbers were heard."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from msgspec import Struct, field

from twin.events.event import Event
from twin.vocabulary.instants import Instant

_MOST_RANGES: Final = 1_000


class Heard(Struct):
    """The numbers heard from one source, as ranges without overlap: ``firsts[i]`` to ``lasts[i]``."""

    source_id: str
    occurred_at: Instant = Instant(0)
    recorded_at: Instant = Instant(0)
    firsts: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)

    def hear(self, event: Event) -> None:
        """Note one more event of the source; any order, any number of times."""
        self.occurred_at = max(self.occurred_at, event.occurred_at)
        self.recorded_at = max(self.recorded_at, event.recorded_at)
        if event.source_sequence is not None:
            self._include(event.source_sequence)

    @property
    def gaps(self) -> int:
        """How many holes lie between the lowest and the highest number heard."""
        return max(len(self.firsts) - 1, 0)

    @property
    def max_sequence(self) -> int | None:
        """The highest number heard."""
        return self.lasts[-1] if self.lasts else None

    @property
    def ranges(self) -> list[int]:
        """First and last number of each range in turn."""
        return [number for pair in zip(self.firsts, self.lasts, strict=True) for number in pair]

    def _include(self, number: int) -> None:
        if self.lasts and number == self.lasts[-1] + 1:
            self.lasts[-1] = number
            return
        place = bisect_left(self.lasts, number)
        if place < len(self.firsts) and self.firsts[place] <= number:
            return
        follows = place > 0 and self.lasts[place - 1] == number - 1
        leads = place < len(self.firsts) and self.firsts[place] == number + 1
        if follows and leads:
            self.lasts[place - 1] = self.lasts[place]
            del self.firsts[place], self.lasts[place]
        elif follows:
            self.lasts[place - 1] = number
        elif leads:
            self.firsts[place] = number
        else:
            self.firsts.insert(place, number)
            self.lasts.insert(place, number)
        if len(self.firsts) > _MOST_RANGES:
            self.firsts.pop(1)
            self.lasts.pop(0)


def heard(source_id: str, occurred_at: int, recorded_at: int, ranges: list[int]) -> Heard:
    """What was heard, as the graph keeps it."""
    return Heard(source_id, Instant(occurred_at), Instant(recorded_at), ranges[::2], ranges[1::2])
