"""The far side of the wire: a machine played byte by byte."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from connectors.instances import instances
from connectors.secs_gem.codec import decode, encode
from connectors.secs_gem.config import SecsGemOptions
from connectors.secs_gem.items import Format, Item, ascii_of, binary_of, list_of, number_of
from connectors.secs_gem.message import Kind, Message, Splitter, control, data
from tests.connectors.intake import DEADLINE

_OPTIONS = Path(__file__).parent / "options.yaml"


def options(folder: Path, **changes: Any) -> SecsGemOptions:
    (instance,) = instances(_OPTIONS, folder)
    assert isinstance(instance.options, SecsGemOptions)
    return msgspec.structs.replace(instance.options, **changes)


class Line:
    """One connection of the played machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._splitter = Splitter(1 << 24)
        self._ready: list[Message] = []
        self._system = 1000

    async def get(self) -> Message:
        async with asyncio.timeout(DEADLINE):
            while not self._ready:
                received = await self.reader.read(65_536)
                if not received:
                    raise EOFError
                self._ready += self._splitter.feed(received)
        return self._ready.pop(0)

    async def get_named(self, name: str) -> Message:
        while (message := await self.get()).name != name:
            pass
        return message

    async def ended(self) -> list[str]:
        names = []
        try:
            while True:
                names.append((await self.get()).name)
        except (EOFError, ConnectionError):
            return names

    def put(self, message: Message) -> None:
        self.writer.write(message.frame)

    def tell(self, stream: int, function: int, item: Item | bytes | None, *, device: int = 0) -> int:
        self._system += 1
        body = item if isinstance(item, bytes) else encode(item)
        self.put(data(device, stream, function, self._system, body, wait=True))
        return self._system

    def answer(self, asked: Message, item: Item) -> None:
        self.put(data(0, asked.stream, asked.function + 1, asked.system, encode(item)))

    async def accept_select(self) -> None:
        asked = await self.get()
        assert asked.kind == Kind.SELECT_REQUEST
        self.put(control(Kind.SELECT_RESPONSE, asked.system))

    async def set_up(self) -> dict[str, list[Item | None]]:
        """Agrees to everything until the host has enabled alarms; returns what it asked for."""
        heard: dict[str, list[Item | None]] = {}
        while "S5F3" not in heard:
            asked = await self.get()
            if asked.kind == Kind.LINKTEST_REQUEST:
                self.put(control(Kind.LINKTEST_RESPONSE, asked.system))
                continue
            heard.setdefault(asked.name, []).append(decode(asked.body))
            agreed = binary_of(0)
            self.answer(asked, list_of(agreed, list_of()) if asked.name == "S1F13" else agreed)
        return heard

    def close(self) -> None:
        self.writer.transport.abort()


class Listening:
    """A machine that waits to be dialled (the host is active)."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[Line] = asyncio.Queue()
        self._open: list[Line] = []
        self._closed = False
        self.port = 0

    async def __aenter__(self) -> "Listening":
        self._server = await asyncio.start_server(self._dialled, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._closed = True
        for line in self._open:
            line.close()
        self._server.close()
        await self._server.wait_closed()

    def _dialled(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(reader, writer)
        if self._closed:
            line.close()
        self._open.append(line)
        self._lines.put_nowait(line)

    async def line(self) -> Line:
        async with asyncio.timeout(DEADLINE):
            return await self._lines.get()

    async def reporting(self) -> Line:
        line = await self.line()
        await line.accept_select()
        await line.set_up()
        return line


def lot_start(clock: str, lot: str, recipe: str = "PP-1", ceid: int = 3002) -> Item:
    values = list_of(ascii_of(clock), ascii_of(lot), ascii_of(recipe))
    report = list_of(number_of(Format.U4, 3002), values)
    return list_of(number_of(Format.U4, 1), number_of(Format.U4, ceid), list_of(report))
