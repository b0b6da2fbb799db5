from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests import factory
from tests.factory import START
from tests.twin.history.keeping import opened, placed
from twin.errors import Refused
from twin.history.influx import InfluxSink
from twin.history.line_protocol import line
from twin.history.samples import SampleRow


class Receiver:
    """A small time series store: remembers each request, and answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.heads: list[str] = []
        self.bodies: list[str] = []
        self.changed = asyncio.Condition()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(row.split(":")[1]) for row in head.splitlines() if row.lower().startswith("content-l")
        )
        body = (await reader.readexactly(length)).decode()
        async with self.changed:
            self.heads.append(head)
            self.bodies.append(body)
            self.changed.notify_all()
        status = self.answers.pop(0) if self.answers else 204
        if status:
            headers = "Location: /login\r\nContent-Length: 0\r\nConnection: close"
            writer.write(f"HTTP/1.1 {status} X\r\n{headers}\r\n\r\n".encode())
        writer.close()
        await writer.wait_closed()

    async def requests(self, count: int) -> list[str]:
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(lambda: len(self.bodies) >= count)
        return self.bodies


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"http://127.0.0.1:{port}/api/v2/write?org=plant&bucket=machines"
    yield receiver
    server.close()
    await server.wait_closed()


@asynccontextmanager
async def sending(sink: InfluxSink) -> AsyncIterator[None]:
    task = asyncio.create_task(sink.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=60)


async def until_sent(sink: InfluxSink, count: int) -> None:
    async with asyncio.timeout(60):
        while sink.sent < count:
            await asyncio.sleep(0.005)


def row(number: int, name: str = "temperature") -> SampleRow:
    return SampleRow(
        event_id=f"e{number}",
        equipment_id="DB-01",
        day=0,
        sampled_at=START + number,
        name=name,
        value=number / 2,
    )


def told(number: int) -> str:
    return f"parameters,equipment_id=DB-01,name=temperature value={number / 2} {START + number}"


def test_a_line_escapes_what_would_separate() -> None:
    odd = SampleRow(
        event_id="e",
        equipment_id="DB 01,a=b\\",
        day=0,
        sampled_at=1,
        name="溫 度",
        words='say "no"\\\nnow',
        unit="C",
        lot_id="L",
    )
    assert line(odd) == (
        r"parameters,equipment_id=DB\ 01\,a\=b/,lot_id=L,name=溫\ 度,unit=C "
        r'words="say \"no\"\\ now" 1'
    )


async def test_samples_kept_by_the_history_are_sent_once(receiver: Receiver, tmp_path: Path) -> None:
    sink = InfluxSink(receiver.url, "secret")
    history = opened(tmp_path, outlet=sink)
    sampled = factory.parameters_sampled(
        occurred_at=START,
        samples=[{"name": "force", "value": 0.8, "unit": "N"}, {"name": "on", "value": True}],
    )
    await history.keep(placed([sampled]))
    await history.keep(placed([sampled], again=True))
    assert sink.waiting == 2
    async with sending(sink):
        await until_sent(sink, 2)
    assert receiver.bodies == [
        f"parameters,equipment_id=DB-01,name=force,unit=N value=0.8 {START}\n"
        f"parameters,equipment_id=DB-01,name=on value=1.0 {START}"
    ]
    head = receiver.heads[0]
    assert head.startswith("POST /api/v2/write?org=plant&bucket=machines&precision=ms HTTP/1.1\r\n")
    assert "\r\nAuthorization: Token secret\r\n" in head
    history.close()


async def test_a_batch_is_sent_again_until_it_is_taken(receiver: Receiver) -> None:
    receiver.answers = [503, 0, 429, 401, 302]
    sink = InfluxSink(receiver.url, batch=2, first_pause=0.001)
    sink.offer([row(1), row(2), row(3)])
    async with sending(sink):
        await until_sent(sink, 3)
    first, second = f"{told(1)}\n{told(2)}", told(3)
    assert receiver.bodies == [first, first, first, first, first, first, second]
    assert sink.dropped == 0


async def test_a_batch_that_is_refused_for_what_it_says_does_not_stop_the_others(receiver: Receiver) -> None:
    receiver.answers = [400]
    sink = InfluxSink(receiver.url, batch=1, first_pause=0.001)
    sink.offer([row(1), row(2)])
    async with sending(sink):
        await until_sent(sink, 1)
    assert (receiver.bodies, sink.dropped, sink.sent) == ([told(1), told(2)], 1, 1)


async def test_too_many_waiting_samples_drop_the_oldest_and_are_counted(receiver: Receiver) -> None:
    sink = InfluxSink(receiver.url, most=3)
    sink.offer([row(1), row(2)])
    sink.offer([row(3), row(4), row(5)])
    assert (sink.waiting, sink.dropped) == (3, 2)
    async with sending(sink):
        await receiver.requests(1)
    assert receiver.bodies == ["\n".join((told(3), told(4), told(5)))]


@pytest.mark.parametrize("url", ["ftp://store/write", "file:///etc/passwd", "store:8086", "http://"])
async def test_an_address_that_is_no_write_address_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        InfluxSink(url)
    assert refusal.value.code == "setting.bad_value"
