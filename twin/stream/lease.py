"""One holder at a time for a piece of work, each holder with a number higher than every one before."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from typing import Any, Final

from twin.errors import StreamUnavailable
from twin.stream.client import Stream, answering

LOG: Final = logging.getLogger(__name__)

TTL_SECONDS: Final = 10.0

_SURE_SHARE: Final = 0.3
"""Of the time to live: as long as what is begun under the lease may take to reach the stream and be done."""

_TAKE: Final = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
    local number = redis.call('INCR', KEYS[2])
    if number <= tonumber(ARGV[3]) then
        number = tonumber(ARGV[3]) + 1
        redis.call('SET', KEYS[2], number)
    end
    return number
end
return 0
"""
_RENEW: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
"""
_LET_GO: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""


class Lease:
    """The right to do a piece of work, renewed until it is lost or let go.

    ``number`` is the fencing number: a write that carries it is refused once a later holder has
    written, so a holder that slept past its time harms nothing. ``lost`` is set as soon as the
    right can no longer be counted on, on our own clock, whether the stream answers or not.
    """

    def __init__(self, stream: Stream, name: str, ttl_seconds: float = TTL_SECONDS) -> None:
        self._commands: Any = stream.commands
        self._keys = (f"dieloom:{{lease-{name}}}:holder", f"dieloom:{{lease-{name}}}:number")
        self._name = name
        self._ttl = ttl_seconds
        self._token = secrets.token_hex(16)
        self._renewing: asyncio.Task[None] | None = None
        self._until = 0.0
        self.number = 0
        self.lost = asyncio.Event()

    @property
    def is_sure(self) -> bool:
        """Whether it lasts long enough to begin something that no fencing number guards."""
        return not self.lost.is_set() and self._until - time.monotonic() >= self._ttl * _SURE_SHARE

    async def sure(self) -> bool:
        """Wait for the renewal that tells whether it lasts; whether it does.

        A process that was stopped past its time wakes up here and not in what it was about to take from
        the holder after it.
        """
        while not self.is_sure and not self.lost.is_set():  # noqa: ASYNC110 - the clock tells nobody
            await asyncio.sleep(self._ttl / 100)
        return not self.lost.is_set()

    async def acquire(self, above: int = 0) -> bool:
        """Try once to become the holder, with a number above the highest one ever seen elsewhere.

        A stream that lost its memory would count from one again; ``above`` keeps numbers rising.

        Raises:
            StreamUnavailable: nobody knows; the right, if given, runs out by itself.
        """
        asked = time.monotonic()
        async with answering():
            number = await self._commands.eval(
                _TAKE, 2, *self._keys, self._token, int(self._ttl * 1000), above
            )
        if not number:
            return False
        self.number = int(number)
        self.lost.clear()
        self._until = asked + self._ttl
        self._renewing = asyncio.create_task(self._renew())
        return True

    async def wait(self, above: int = 0) -> None:
        """Become the holder as soon as nobody else is.

        Raises:
            StreamUnavailable: the stream does not answer.
        """
        while not await self.acquire(above):  # noqa: ASYNC110 - the stream tells nobody that a time ran out
            await asyncio.sleep(self._ttl / 10)

    async def clear(self) -> None:
        """Take the right from a holder that is known to be dead, so that nobody waits out its time.

        Raises:
            StreamUnavailable: the stream does not answer.
        """
        async with answering():
            await self._commands.delete(self._keys[0])

    async def release(self) -> None:
        """Let go, so that the next holder need not wait for the time to run out."""
        self.lost.set()
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
            self._renewing = None
            with contextlib.suppress(StreamUnavailable):
                async with answering(2.0):
                    await self._commands.eval(_LET_GO, 1, self._keys[0], self._token)

    async def _renew(self) -> None:
        while (left := self._until - time.monotonic()) > 0:
            await asyncio.sleep(min(self._ttl / 3, left))
            asked = time.monotonic()
            try:
                async with answering(max(self._until - asked, 0.001)):
                    kept = await self._commands.eval(
                        _RENEW, 1, self._keys[0], self._token, int(self._ttl * 1000)
                    )
            except StreamUnavailable:
                continue
            if not kept:
                break
            self._until = asked + self._ttl
        LOG.warning("the lease on %s is lost", self._name)
        self.lost.set()
