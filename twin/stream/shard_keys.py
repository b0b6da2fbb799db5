"""What the shards are called in the stream, and who reads them."""

from __future__ import annotations

from typing import Any, Final

GROUP: Final = "projector"


def key_of(shard: int) -> bytes:
    """The stream that holds the entries of a shard."""
    # The braces keep a shard's keys on one node of a cluster.
    return b"dieloom:{shard-%d}:events" % shard


def sent_key_of(shard: int) -> bytes:
    """The hash that remembers how far each outbox got in a shard."""
    return b"dieloom:{shard-%d}:sent" % shard


def shard_in(key: bytes) -> int:
    """The shard whose key this is."""
    return int(key.partition(b"{shard-")[2].partition(b"}")[0])


def first_needed(groups: Any, pending: Any) -> str | None:  # noqa: ANN401 - redis-py's replies
    """The oldest entry of a shard that somebody may still ask for; None: nobody reads it yet."""
    if pending["pending"]:
        return str(pending["min"].decode())
    for group in groups:
        if group["name"] == GROUP.encode():
            milliseconds, _, number = group["last-delivered-id"].decode().partition("-")
            return f"{milliseconds}-{int(number) + 1}"
    return None
