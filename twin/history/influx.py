"""Samples sent on to a time series store that speaks the InfluxDB line protocol over HTTP."""

from __future__ import annotations

import asyncio
import http.client
import logging
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from twin.errors import Refused
from twin.history.line_protocol import line
from twin.history.samples import SampleRow

LOG: Final = logging.getLogger(__name__)

_SECONDS: Final = 10.0
_LONGEST_PAUSE: Final = 30.0
_NEVER_TAKEN: Final = frozenset({400, 413, 422})


class InfluxSink:
    """Sends batches in order and again until they are taken; never holds up the projection.

    What waits is bounded: when the receiver is away for too long, the samples that waited longest are
    dropped from here (the history keeps them). The same line sent twice is one point of the store.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        batch: int = 5_000,
        most: int = 100_000,
        first_pause: float = 0.5,
    ) -> None:
        self._address = _address(url)
        self._headers = {"content-type": "text/plain; charset=utf-8"}
        if token is not None:
            self._headers["authorization"] = f"Token {token}"
        self._batch, self._most, self._first_pause = batch, most, first_pause
        self._lines: deque[str] = deque()
        self._some = asyncio.Event()
        self.sent = 0
        """How many samples the receiver has taken."""
        self.dropped = 0
        """How many samples it will never get from here."""

    def offer(self, rows: Sequence[SampleRow]) -> None:
        """Take samples to send; never waits."""
        self._lines.extend(map(line, rows))
        excess = len(self._lines) - self._most
        for _ in range(excess):
            self._lines.popleft()
        self._drop(max(excess, 0), "too many wait for the receiver")
        self._some.set()

    @property
    def waiting(self) -> int:
        """How many samples wait to be sent."""
        return len(self._lines)

    async def run(self) -> None:
        """Send for ever."""
        while True:
            while not self._lines:
                self._some.clear()
                await self._some.wait()
            batch = [self._lines.popleft() for _ in range(min(self._batch, len(self._lines)))]
            await self._deliver(batch)

    async def _deliver(self, batch: list[str]) -> None:
        """Send one batch until it is taken, or refused for what it says."""
        body = "\n".join(batch).encode()
        pause = self._first_pause
        while (status := await asyncio.to_thread(self._post, body)) not in _NEVER_TAKEN:
            if 200 <= status < 300:
                self.sent += len(batch)
                return
            LOG.warning(
                "the receiver of samples does not take them (%s); trying again", status or "no answer"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._drop(len(batch), f"the receiver refused them ({status})")

    def _post(self, body: bytes) -> int:
        request = urllib.request.Request(self._address, data=body, headers=self._headers)  # noqa: S310 - checked
        try:
            with _OPENER.open(request, timeout=_SECONDS) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code
        except (OSError, http.client.HTTPException):
            return 0

    def _drop(self, count: int, why: str) -> None:
        if count:
            self.dropped += count
            LOG.warning("%d samples are not sent on: %s", count, why)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET that succeeds and stores nothing."""

    def redirect_request(self, *_of_a_redirect: object) -> None:
        """Follow none."""


_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def _address(url: str) -> str:
    """The write address with the precision of our times."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused(
            "DIELOOM_INFLUX_URL must be the http:// or https:// write address of the store",
            code="setting.bad_value",
            field="influx_url",
        )
    query = {**dict(parse_qsl(parts.query)), "precision": "ms"}
    return parts._replace(query=urlencode(query)).geturl()
