"""What becomes of an event that is handed in: new, known already, or another one under an id in use."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from twin.events.codec import payload_hash

_AGAIN: Final = "\x1f"
"""Ends what no id ends like: ids hold no control characters."""


class Verdict(StrEnum):
    """What became of an event that was handed in."""

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    REUSED = "REUSED"


class Draft(NamedTuple):
    """An event ready to be written: its id, its shard, its canonical bytes."""

    event_id: str
    shard: int
    payload: bytes


class Receipt(NamedTuple):
    """What became of one draft, and where the row stands that tells of it."""

    verdict: Verdict
    shard: int
    seq: int


Known: TypeAlias = dict[str, tuple[str, int, int]]
"""By what an outbox knows a row: its content's hash, its shard and its place."""


def reuse_of(event_id: str) -> str:
    """By what an outbox knows the first other event that came under an id in use."""
    return event_id + _AGAIN


def event_id_of(key: str) -> str:
    """The id of the event in the row that an outbox knows by this."""
    return key.removesuffix(_AGAIN)


def is_reuse(draft: Draft, known: Known) -> bool:
    """Whether another event has the id of this one."""
    seen = known.get(draft.event_id)
    return seen is not None and seen[0] != payload_hash(draft.payload)


def judged(draft: Draft, known: Known) -> tuple[Verdict, Draft]:
    """What a draft is, and the row that it is or becomes: a reuse stands behind what it contradicts."""
    seen = known.get(draft.event_id)
    if seen is None:
        return Verdict.ACCEPTED, draft
    if not is_reuse(draft, known):
        return Verdict.DUPLICATE, draft
    return Verdict.REUSED, Draft(reuse_of(draft.event_id), seen[1], draft.payload)
