"""How the suspect came from the seed to a thing (semantics.md section 6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from twin.events.event import Event
from twin.records.recall import EvidencePath, EvidenceStep
from twin.vocabulary.things import Thing

_MOST_STATES = 20_000
"""A walk for distinct paths stops here: the number of paths may grow without bound."""

_LAST = 2**62


class Link(Struct, frozen=True, gc=False):
    """The suspect came from one thing to another at a place; ``at_once``: as the source itself met it."""

    source: Thing
    target: Thing
    relation: str
    event: Event
    place: int
    at_once: bool = False

    @property
    def step(self) -> EvidenceStep:
        """The link as answers carry it."""
        return EvidenceStep(
            self.relation, self.source, self.target, self.event.occurred_at, self.event.event_id
        )


class Trail:
    """Every way in which the suspect reached a thing, and when a thing was clean again."""

    def __init__(self, seeds: set[Thing]) -> None:
        self.seeds = seeds
        self._into: dict[Thing, list[Link]] = {}
        self._cleaned: dict[Thing, list[int]] = {}

    def link(self, link: Link) -> None:
        """The suspect reached a thing."""
        links = self._into.get(link.target)
        if links is None:
            self._into[link.target] = [link]
        else:
            links.append(link)

    def clean(self, thing: Thing, place: int) -> None:
        """Nothing of the suspect is left in a thing."""
        self._cleaned.setdefault(thing, []).append(place)

    def paths(self, thing: Thing, *, every: bool, limit: int) -> list[EvidencePath]:
        """The shortest path from a seed, or up to ``limit`` distinct paths, shortest first."""
        found: dict[EvidencePath, None] = {}
        for links in self._walk(thing):
            path = tuple(link.step for link in links)
            found.setdefault(path)
            if not every or len(found) >= limit:
                break
        return list(found)[: max(1, limit)]

    def _walk(self, thing: Thing) -> Iterator[tuple[Link, ...]]:
        """Breadth first, backwards in time."""
        waiting: deque[tuple[Link, ...]] = deque([()])
        for _ in range(_MOST_STATES):
            if not waiting:
                return
            links = waiting.popleft()
            here = links[0].source if links else thing
            if here in self.seeds:
                yield links
                continue
            came = {link.target: link.place for link in reversed(links)}
            came.setdefault(here, _LAST)
            for link in self._before(here, links[0] if links else None):
                if self._is_new(link, came):
                    waiting.append((link, *links))

    def _is_new(self, link: Link, came: dict[Thing, int]) -> bool:
        """A path comes back to a thing only when it was clean in between."""
        if link.source not in came:
            return True
        cleaned = self._cleaned.get(link.source, ())
        return any(link.place <= when < came[link.source] for when in cleaned)

    def _before(self, thing: Thing, later: Link | None) -> Iterator[Link]:
        cleaned = self._cleaned.get(thing, ())
        until = later.place if later else None
        for link in self._into.get(thing, ()):
            if until is not None and link.place > until:
                continue
            if later is not None and later.at_once and link.place != until:
                continue
            if not any(link.place <= when and (until is None or when < until) for when in cleaned):
                yield link
