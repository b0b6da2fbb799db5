"""Lets a connection that nobody waits for any more be made to its end, and closes it then.

The driver (neo4j 6.4) closes a socket whose connecting failed, but forgets one whose connecting was
cancelled, as any deadline of ours may do. So the connecting goes on by itself, within the driver's own limit.
"""

from __future__ import annotations

import asyncio
from typing import Final

from neo4j._async.io._bolt import _base
from neo4j._async.io._bolt._bolt_socket import AsyncBoltSocket

_left: Final[set[asyncio.Task[AsyncBoltSocket]]] = set()


class _Socket(AsyncBoltSocket):
    @classmethod
    async def _connect_secure(cls, *where: object) -> AsyncBoltSocket:  # type: ignore[override]
        connecting = asyncio.create_task(super()._connect_secure(*where))  # type: ignore[arg-type]
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            _left.add(connecting)
            connecting.add_done_callback(_closed)
            raise


def _closed(connecting: asyncio.Task[AsyncBoltSocket]) -> None:
    _left.discard(connecting)
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().close()


def close_what_is_left() -> None:
    """Make the driver's new connections outlive their users until they can be closed; once is enough."""
    _base.AsyncBoltSocket = _Socket  # type: ignore[attr-defined]
