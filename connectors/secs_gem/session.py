"""One HSMS single session (SEMI E37) over one connection, from select to separate."""

from __future__ import annotations

import asyncio
import logging
import secrets
from asyncio import Future, StreamReader, StreamWriter, timeout
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from connectors.errors import ConnectorError, SourceUnavailable
from connectors.secs_gem.codec import encode
from connectors.secs_gem.config import Mode, SecsGemOptions
from connectors.secs_gem.items import Format, Item
from connectors.secs_gem.message import Kind, Message, Splitter, control, data

_LOG: Final = logging.getLogger(__name__)
T = TypeVar("T")
_CHUNK: Final = 65_536
_UNSENT: Final = 262_144
_NOT_SELECTED: Final = 4
_CONTROL_RESPONSES: Final = frozenset((Kind.SELECT_RESPONSE, Kind.DESELECT_RESPONSE, Kind.LINKTEST_RESPONSE))


class Aborted(ConnectorError):
    """The machine closed a transaction without its answer: function 0, stream 9 or a reject."""


class Session:
    """Carries messages between the twin and one machine and keeps the timers of the standard.

    ``primaries`` holds what the machine asks or tells; when it is full, nothing more is read, so a
    machine that is not answered fills its own buffers, not ours.
    """

    def __init__(self, reader: StreamReader, writer: StreamWriter, options: SecsGemOptions) -> None:
        self._reader = reader
        self._writer = writer
        self._options = options
        self._timers = options.timeouts
        self._pending: dict[int, Future[Message]] = {}
        self._system = secrets.randbelow(1 << 31)
        self._paused = False
        self._selection = asyncio.Event()
        self._deselection = asyncio.Event()
        self.primaries: asyncio.Queue[Message] = asyncio.Queue(options.open_transactions)
        self._control: Final[dict[int, Callable[[Message], None]]] = {
            Kind.SELECT_REQUEST: self._asked_select,
            Kind.DESELECT_REQUEST: self._asked_deselect,
            Kind.LINKTEST_REQUEST: lambda asked: self._write(control(Kind.LINKTEST_RESPONSE, asked.system)),
            Kind.REJECT: self._rejected,
            Kind.SEPARATE: _separated,
        }

    async def selected(self) -> None:
        """Asks for selection when the twin is the dialling side, else waits for it.

        Raises:
            SourceUnavailable: refused, or not within T6 (asked) or T7 (waited for).
        """
        if self._options.mode is Mode.ACTIVE:
            answer = await self._control_request(Kind.SELECT_REQUEST)
            if answer.byte3 not in (0, 1):
                raise SourceUnavailable(f"select refused with status {answer.byte3}")
            self._select()
        await self._within(self._selection.wait(), self._timers.t7, "not selected within T7")

    async def listen(self) -> None:
        """Reads until the connection ends, which it always does by raising.

        Raises:
            SourceUnavailable: closed, separated, silent within a message (T8), or not to be trusted.
        """
        splitter = Splitter(self._options.maximum_message)
        while True:
            limit = self._timers.t8 if splitter.partial else None
            received = await self._within(self._reader.read(_CHUNK), limit, "silent within a message (T8)")
            if not received:
                raise SourceUnavailable("the machine closed the connection")
            for message in splitter.feed(received):
                await self._take(message)
            if self._writer.transport.get_write_buffer_size() > _UNSENT:
                await self.flush()

    async def keep_alive(self) -> None:
        """Tests the link again and again, and that a deselected machine selects again within T7.

        Raises:
            SourceUnavailable: no answer within T6, or not selected again within T7.
        """
        while True:
            try:
                async with timeout(self._timers.linktest):
                    await self._deselection.wait()
            except TimeoutError:
                if not self._paused:
                    await self._control_request(Kind.LINKTEST_REQUEST)
            else:
                await self._within(self._selection.wait(), self._timers.t7, "not selected within T7")

    async def request(self, stream: int, function: int, item: Item | None = None) -> Message:
        """Asks the machine and returns its answer.

        Raises:
            SourceUnavailable: no answer within T3.
            Aborted: the machine will not answer.
        """
        system = self._next_system()
        message = data(self._options.device_id, stream, function, system, encode(item), wait=True)
        try:
            return await self._answer_to(message, self._timers.t3)
        except SourceUnavailable:
            self.complain(9, message)
            raise

    def reply(self, asked: Message, item: Item | None = None) -> None:
        """Answers a message of the machine."""
        device, system = self._options.device_id, asked.system
        self._write(data(device, asked.stream, asked.function + 1, system, encode(item)))

    def complain(self, function: int, about: Message) -> None:
        """Tells the machine with stream 9 what is wrong with a message, quoting its header."""
        quoted = encode(Item(Format.BINARY, about.header))
        self._write(data(self._options.device_id, 9, function, self._next_system(), quoted))

    async def flush(self) -> None:
        """Waits until the machine takes what was written to it."""
        await self._within(self._writer.drain(), self._timers.t3, "the machine takes nothing")

    async def close(self) -> None:
        """Separates and closes; a peer that takes nothing any more is cut off."""
        if not self._writer.is_closing():
            self._write(control(Kind.SEPARATE, self._next_system()))
        self._writer.close()
        for waiting in self._pending.values():
            waiting.cancel()
        try:
            async with timeout(1):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    async def _take(self, message: Message) -> None:
        if message.presentation != 0:
            self._reject(message, 2, message.presentation)
        elif message.kind == Kind.DATA:
            await self._take_data(message)
        elif message.kind in _CONTROL_RESPONSES:
            self._answered(message)
        elif message.kind in self._control:
            self._control[message.kind](message)
        else:
            self._reject(message, 1, message.kind)

    async def _take_data(self, message: Message) -> None:
        if not self._selection.is_set():
            self._reject(message, _NOT_SELECTED, message.kind)
        elif message.session_id != self._options.device_id:
            self.complain(1, message)
        elif message.function % 2 == 0:
            self._answered(message)
        elif message.stream == 9:
            self._complained(message)
        else:
            self._paused = self.primaries.full()
            await self.primaries.put(message)
            self._paused = False

    def _answered(self, message: Message) -> None:
        waiting = self._pending.get(message.system)
        if waiting is None or waiting.done():
            if message.kind != Kind.DATA:
                self._reject(message, 3, message.kind)
        elif message.kind == Kind.DATA and message.function == 0:
            waiting.set_exception(Aborted(message.name))
        else:
            waiting.set_result(message)

    def _complained(self, message: Message) -> None:
        _LOG.warning("%s complains with %s about %s", self._options.id, message.name, message.body.hex())
        self._fail(int.from_bytes(message.body[-4:]), message.name)

    def _rejected(self, message: Message) -> None:
        _LOG.warning("%s rejects a message for reason %d", self._options.id, message.byte3)
        if message.byte3 == _NOT_SELECTED:
            raise SourceUnavailable("the machine says that it is not selected")
        self._fail(message.system, f"reject, reason {message.byte3}")

    def _fail(self, system: int, reason: str) -> None:
        waiting = self._pending.get(system)
        if waiting is not None and not waiting.done():
            waiting.set_exception(Aborted(reason))

    def _select(self) -> None:
        self._deselection.clear()
        self._selection.set()

    def _asked_select(self, message: Message) -> None:
        self._write(control(Kind.SELECT_RESPONSE, message.system, status=int(self._selection.is_set())))
        self._select()

    def _asked_deselect(self, message: Message) -> None:
        self._write(control(Kind.DESELECT_RESPONSE, message.system, status=int(not self._selection.is_set())))
        self._selection.clear()
        self._deselection.set()

    def _reject(self, message: Message, reason: int, detail: int) -> None:
        rejection = control(Kind.REJECT, message.system, status=reason, detail=detail & 0xFF)
        self._write(rejection._replace(session_id=message.session_id))

    async def _control_request(self, kind: Kind) -> Message:
        try:
            return await self._answer_to(control(kind, self._next_system()), self._timers.t6)
        except Aborted as refused:
            raise SourceUnavailable(f"{kind.name} refused: {refused}") from None

    async def _answer_to(self, message: Message, limit: float) -> Message:
        if len(self._pending) >= self._options.open_transactions:
            raise SourceUnavailable("too many open transactions")
        waiting: Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[message.system] = waiting
        try:
            self._write(message)
            return await self._within(waiting, limit, f"no answer to {message.name}")
        finally:
            del self._pending[message.system]

    def _write(self, message: Message) -> None:
        self._writer.write(message.frame)

    def _next_system(self) -> int:
        self._system = (self._system + 1) & 0xFFFFFFFF
        return self._system

    async def _within(self, waited: Awaitable[T], limit: float | None, reason: str) -> T:
        try:
            async with timeout(limit):
                return await waited
        except TimeoutError:
            raise SourceUnavailable(reason) from None
        except OSError as error:
            raise SourceUnavailable(f"the connection broke: {error.strerror or error}") from None


def _separated(_message: Message) -> None:
    raise SourceUnavailable("the machine separated")
