"""Cuts what the shards hand over into batches that one transaction can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from twin.stream.log import Delivery

MOST_ROWS: Final = 2_000
MOST_BYTES: Final = 4 * 1024 * 1024
ALONE_FROM: Final = 5
"""Hand-overs after which an event goes alone: perhaps it ends the process."""


def batches(deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """The deliveries in their order, cut by number and size; one often handed over stands alone."""
    batch: list[Delivery] = []
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
