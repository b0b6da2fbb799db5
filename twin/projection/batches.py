"""Cuts what the shards hand over into batches that one transaction can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol, TypeVar

from twin.stream.log import Entry

MOST_ROWS: Final = 2_000
MOST_BYTES: Final = 3 * 1024 * 1024
ALONE_FROM: Final = 5
"""Hand-overs after which an event goes alone: perhaps it ends the process."""


class HandedOver(Protocol):
    """An entry that the shards hand over, for the how-many-th time."""

    @property
    def entry(self) -> Entry:
        """What is handed over."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was."""
        ...


H = TypeVar("H", bound=HandedOver)


def batches(deliveries: Sequence[H]) -> Iterator[list[H]]:
    """The deliveries in their order, cut by number and size; one often handed over stands alone."""
    batch: list[H] = []
    size = 0
    for delivery in deliveries:
        length = len(delivery.entry.payload)
        alone = delivery.attempts >= ALONE_FROM
        if batch and (alone or len(batch) >= MOST_ROWS or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(delivery)
        size += length
        if alone:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
