"""Whether the process lives, and whether it can answer; with reasons, for balancers and people."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from twin.errors import TwinError

CHECK_DEADLINE_S: Final = 1.0
FRESH_S: Final = 2.0

Check = Callable[[], Awaitable[str | None]]
"""One dependency: None when it is well, else the reason in words that may be shown."""

_log = structlog.get_logger("dieloom.http")


class Health:
    """The three probes of a process.

    ``checks`` decide readiness; ``started`` is asked until it once says that the first projection is done.
    """

    def __init__(self, checks: Mapping[str, Check], started: Check) -> None:
        self._checks, self._started = dict(checks), started
        self._has_started = False
        self._reasons: dict[str, str] = {}
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()
        self._leaving = False

    def leave(self) -> None:
        """Say not ready from now on: the process is about to stop."""
        self._leaving = True

    async def livez(self, _request: Request) -> Response:
        """``GET /livez``: the process answers; nothing else is looked at."""
        return _report({})

    async def readyz(self, _request: Request) -> Response:
        """``GET /readyz``: every dependency, each looked at for a second at most."""
        if self._leaving:
            return _report({"process": "is stopping"})
        async with self._looking:
            if time.monotonic() - self._looked_at > FRESH_S:
                found = await asyncio.gather(*(_reason(name, c) for name, c in self._checks.items()))
                self._reasons = {
                    name: reason for name, reason in zip(self._checks, found, strict=True) if reason
                }
                self._looked_at = time.monotonic()
        return _report(self._reasons, self._checks)

    async def startupz(self, _request: Request) -> Response:
        """``GET /startupz``: 503 until the first projection is done."""
        reason = None if self._has_started else await _reason("projection", self._started)
        self._has_started = reason is None
        return _report({"projection": reason} if reason else {})


async def _reason(name: str, check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_DEADLINE_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_DEADLINE_S:.0f} s"
    except TwinError as failure:
        return failure.message
    except Exception:  # noqa: BLE001 - a probe must answer whatever broke
        _log.exception("health.check_failed", check=name)
        return "check failed; see the log"


def _report(reasons: Mapping[str, str], checks: Mapping[str, Check] | None = None) -> Response:
    body: dict[str, object] = {"status": "unavailable" if reasons else "ok"}
    if checks:
        body["checks"] = {name: reasons.get(name, "ok") for name in checks}
    if reasons:
        body["reasons"] = dict(reasons)
    return Response(orjson.dumps(body), 503 if reasons else 200, media_type="application/json")
