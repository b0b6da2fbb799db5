"""The host's side of GEM (SEMI E30): establish communication, ask for reports, listen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from connectors.errors import SourceUnavailable, UnreadableMessage
from connectors.secs_gem.codec import decode
from connectors.secs_gem.config import SecsGemOptions
from connectors.secs_gem.items import Format, Item, binary_of, identifier_of, list_of
from connectors.secs_gem.session import Aborted, Session

_LOG: Final = logging.getLogger(__name__)
_ALREADY_ONLINE: Final = 2


class Host:
    """Brings one machine, over one session, to where it reports what factory.yaml asks for."""

    def __init__(self, session: Session, options: SecsGemOptions) -> None:
        self._session = session
        self._options = options
        self._form = options.id_format.item_format
        self._communicating = asyncio.Event()
        self._lost_reports = asyncio.Event()
        self._since = 0.0

    def greeted(self) -> None:
        """The machine asked for communication itself: now, or after it lost its memory."""
        now = asyncio.get_running_loop().time()
        if self._communicating.is_set() and now - self._since > self._options.timeouts.establish:
            self._lost_reports.set()
        self._communicating.set()

    async def establish(self) -> None:
        """Opens communication (S1F13), again and again until the machine agrees or asks itself."""
        while not self._communicating.is_set():
            if await self._asked_to_communicate():
                break
            try:
                async with asyncio.timeout(self._options.timeouts.establish):
                    await self._communicating.wait()
            except TimeoutError:
                continue
        self._communicating.set()
        self._since = asyncio.get_running_loop().time()

    async def keep_reporting(self) -> None:
        """Sets the machine up, and again whenever it starts from nothing within a session."""
        while True:
            await self._set_up()
            _LOG.info("%s reports", self._options.id)
            await self._lost_reports.wait()
            self._lost_reports.clear()
            self._since = asyncio.get_running_loop().time()

    async def _set_up(self) -> None:
        online = await self._acknowledged(1, 17)
        if online not in (0, _ALREADY_ONLINE):
            _LOG.warning("%s stays off-line (ONLACK %s)", self._options.id, online)
        if self._options.collection_events:
            if self._options.define_reports:
                await self._forget_reports()
                await self._define_reports()
            await self._must(2, 37, list_of(_flag(1), self._events()))
        if self._options.alarms.enabled:
            await self._enable_alarms()

    async def _enable_alarms(self) -> None:
        asked = [self._id(alarm) for alarm in self._options.alarms.ids] or [Item(self._form)]
        for alarm in asked:
            code = await self._acknowledged(5, 3, list_of(binary_of(0x80), alarm))
            if code != 0:
                _LOG.warning("%s does not enable alarm %s (ACKC5 %s)", self._options.id, alarm.numbers, code)

    async def _asked_to_communicate(self) -> bool:
        try:
            answer = decode((await self._session.request(1, 13, list_of())).body)
        except (Aborted, UnreadableMessage) as refused:
            _LOG.warning("%s does not communicate: %s", self._options.id, refused)
            return False
        return answer is not None and len(answer.items) == 2 and answer.items[0].payload == b"\0"

    async def _forget_reports(self) -> None:
        unlinked = [list_of(self._id(ceid), list_of()) for ceid in self._options.collection_events]
        await self._acknowledged(2, 37, list_of(_flag(0), list_of()))
        await self._acknowledged(2, 35, list_of(self._id(0), list_of(*unlinked)))
        await self._acknowledged(2, 33, list_of(self._id(0), list_of()))

    async def _define_reports(self) -> None:
        events = {ceid: event for ceid, event in self._options.collection_events.items() if event.report}
        variables = self._options.variables
        reports: dict[int | str, Sequence[str]] = {}
        links = []
        for ceid, event in events.items():
            report_id = ceid if event.report_id is None else event.report_id
            reports[report_id] = event.report
            links.append(list_of(self._id(ceid), list_of(self._id(report_id))))
        defined = [
            list_of(self._id(report_id), list_of(*(self._id(variables[name]) for name in names)))
            for report_id, names in reports.items()
        ]
        await self._must(2, 33, list_of(self._id(0), list_of(*defined)))
        await self._must(2, 35, list_of(self._id(0), list_of(*links)))

    async def _must(self, stream: int, function: int, item: Item) -> None:
        code = await self._acknowledged(stream, function, item)
        if code != 0:
            raise SourceUnavailable(f"the machine refuses S{stream}F{function} with code {code}")

    async def _acknowledged(self, stream: int, function: int, item: Item | None = None) -> int | None:
        try:
            answer = decode((await self._session.request(stream, function, item)).body)
        except (Aborted, UnreadableMessage) as refused:
            _LOG.warning("%s on S%dF%d: %s", self._options.id, stream, function, refused)
            return None
        return answer.payload[0] if answer is not None and answer.payload else None

    def _events(self) -> Item:
        return list_of(*(self._id(ceid) for ceid in self._options.collection_events))

    def _id(self, identifier: int | str) -> Item:
        return identifier_of(self._form, identifier)


def _flag(value: int) -> Item:
    return Item(Format.BOOLEAN, bytes((value,)))
