"""One edge of a genealogy walk, seen from the thing that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from twin.events.event import Event
from twin.folds.step import Site
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind, die_key


@dataclass(frozen=True, slots=True)
class Hop:
    """The thing at the other end, the time bound that it gets this way, and the fact that says so.

    ``end`` is the other bound, for containers: what lies in one may leave it again.
    """

    thing: Thing
    at: Instant
    relation: str
    event: Event | None = None
    quantity: float | None = None
    unit: str | None = None
    end: Instant | None = None


def die_thing(die: Site) -> Thing:
    """A die by the site that it is named after."""
    return Thing(ThingKind.DIE, die_key(*die))


def site_of(key: str) -> Site | None:
    """The substrate and coordinates in a die's key, or None when it is not one."""
    substrate_id, _, site = key.rpartition("@")
    x, _, y = site.partition(",")
    try:
        return substrate_id, int(x), int(y)
    except ValueError:
        return None
