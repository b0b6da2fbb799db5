"""The MES: tells the service what it knows, in order, until the service has it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from simulator.faults import Faults

LOG: Final = logging.getLogger(__name__)
_WAITING: Final = 50_000
_BATCH: Final = 200
_PAUSE_S: Final = 0.5


def now() -> str:
    """The factory's clock."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass
class Mes:
    """One source of events: numbered, queued, sent in order, sent again until accepted.

    Without a service to send to, events go to the ledger file only. When more than 50,000 wait, the
    factory waits too.
    """

    source: str
    run: str
    ledger: Path
    url: str | None
    token: Callable[[], str]
    faults: Faults
    sequence: int = 0
    _waiting: deque[bytes] = field(default_factory=deque)
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._room.set()

    async def tell(self, kind: str, at: str | None = None, /, **data: Any) -> str:  # noqa: ANN401 - a fact's own fields
        """Queue one fact; returns its event id."""
        await self._room.wait()
        self.sequence += 1
        event = {
            "event_id": f"{self.source}-{self.run}-{self.sequence:06d}",
            "type": kind,
            "source": self.source,
            "source_sequence": self.sequence,
            "occurred_at": at or now(),
            "data": {name: value for name, value in data.items() if value is not None},
        }
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self.ledger.open("ab") as ledger:
            ledger.write(line)
        self._queue(line)
        return str(event["event_id"])

    def _queue(self, line: bytes) -> None:
        if self.url is None:
            return
        if self._waiting and self.faults.happens("late"):
            self._waiting.insert(len(self._waiting) - 1, line)
        else:
            self._waiting.append(line)
        if self.faults.happens("duplicate"):
            self._waiting.append(line)
        if len(self._waiting) >= _WAITING:
            self._room.clear()
        self._news.set()

    @property
    def waiting(self) -> int:
        """How many facts the service does not have yet."""
        return len(self._waiting)

    async def until_service_answers(self) -> None:
        """Return once the service is there; at once when there is none to send to."""
        while self.url is not None and not await asyncio.to_thread(self._service_answers):  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE_S)

    def _service_answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/livez", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (URLError, HTTPException, OSError):
            return False

    async def send_for_ever(self) -> None:
        """Send what waits, oldest first, whenever there is something."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                batch = [self._waiting[at] for at in range(min(_BATCH, len(self._waiting)))]
                if await asyncio.to_thread(self._post, b"".join(batch)):
                    for _ in batch:
                        self._waiting.popleft()
                    self._room.set()
                else:
                    await asyncio.sleep(_PAUSE_S)

    def _post(self, body: bytes) -> bool:
        try:
            request = Request(  # noqa: S310 - the address is given by the one who starts the factory
                f"{self.url}/ingest/events",
                data=body,
                headers={
                    "content-type": "application/x-ndjson",
                    "authorization": f"Bearer {self.token()}",
                },
            )
            with urlopen(request, timeout=20) as answer:  # noqa: S310
                rejected = json.loads(answer.read())["rejected"]
        except (URLError, HTTPException, OSError, ValueError, KeyError) as cause:
            LOG.info("the service did not take the facts yet: %s", cause)
            return False
        for row in rejected:
            LOG.error("the service rejected %s: %s %s", row["event_id"], row["code"], row["message"])
        return True
