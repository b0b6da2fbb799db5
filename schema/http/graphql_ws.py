"""``/graphql`` over WebSocket: the graphql-transport-ws protocol, and no other."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import Any, Final
from urllib.parse import urlsplit

from graphql import OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect

from resolvers.viewer import Unauthenticated, Viewer, bearer
from schema.http.access import Gate
from schema.http.execution import Execution, Question, failed
from schema.http.graphql_request import question
from schema.http.graphql_route import encoded
from schema.http.metrics import Metrics
from schema.http.problem import RequestRefused, errors_of
from schema.http.request_envelope import request_id
from schema.http.ws_messages import (
    BAD_REQUEST,
    BAD_SUBPROTOCOL,
    FORBIDDEN,
    ID_TAKEN,
    INIT_TIMEOUT,
    SUBPROTOCOL,
    TOO_MANY_INITS,
    TRY_LATER,
    UNAUTHORIZED,
    Closed,
    id_of,
    message_of,
    token_of,
)
from twin.errors import TwinError

INIT_DEADLINE_S: Final = 5.0
SEND_DEADLINE_S: Final = 10.0
PING_EVERY_S: Final = 20.0
MOST_OPERATIONS: Final = 50
MOST_CONNECTIONS: Final = 4_000


class WebSocketRoute:
    """Accepts connections of our own pages and of programs, up to a bound."""

    def __init__(self, execution: Execution, gate: Gate, metrics: Metrics) -> None:
        self._execution, self._gate, self._metrics = execution, gate, metrics
        self._open = 0

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from the handshake to its end."""
        if not _is_own_page(socket):
            await socket.close()
            return
        offered = SUBPROTOCOL in socket.scope.get("subprotocols", ())
        await socket.accept(SUBPROTOCOL if offered else None)
        if not offered:
            await _close(socket, Closed(BAD_SUBPROTOCOL, f"Subprotocol not acceptable; use {SUBPROTOCOL}"))
        elif self._open >= MOST_CONNECTIONS:
            await _close(socket, Closed(TRY_LATER, "Too many connections; try later"))
        else:
            await self._serve(socket)

    async def _serve(self, socket: WebSocket) -> None:
        self._open += 1
        try:
            await Connection(socket, self._execution, self._gate, self._metrics).serve()
        except Closed as closed:
            await _close(socket, closed)
        finally:
            self._open -= 1


class Connection:
    """One client's operations over one socket."""

    def __init__(self, socket: WebSocket, execution: Execution, gate: Gate, metrics: Metrics) -> None:
        self._socket, self._execution, self._gate, self._metrics = socket, execution, gate, metrics
        self._viewer: Viewer | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()
        self._ended: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def serve(self) -> None:
        """Read, answer and ping until either side ends the connection.

        Raises:
            Closed: with the code that the client is to see.
        """
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._ping())]
        ends: list[asyncio.Future[Any]] = [*tasks, self._ended]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks += self._operations.values()
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        if self._ended.done():
            outcomes.append(self._ended.result())
        for outcome in outcomes:
            if isinstance(outcome, Closed):
                raise outcome

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(INIT_DEADLINE_S):
                message = message_of(await self._received())
                while message["type"] in {"ping", "pong"}:
                    await self._handle(message)
                    message = message_of(await self._received())
                await self._initialise(message)
        except TimeoutError:
            raise Closed(INIT_TIMEOUT, "Connection initialisation timeout") from None
        while True:
            await self._handle(message_of(await self._received()))

    async def _received(self) -> str | None:
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        text: str | None = event.get("text")
        return text

    async def _initialise(self, message: dict[str, Any]) -> None:
        if message["type"] != "connection_init":
            raise Closed(UNAUTHORIZED, "Unauthorized")
        proof = token_of(message.get("payload"), self._socket.headers.get("authorization"))
        try:
            self._viewer = await self._gate.admitted(bearer(proof))
        except TwinError as refusal:
            raise Closed(FORBIDDEN, f"Forbidden: {refusal.message}"[:120]) from None
        await self._send({"type": "connection_ack"})

    async def _handle(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "subscribe":
            self._start(message)
        elif kind == "complete":
            task = self._operations.pop(id_of(message), None)
            if task is not None:
                task.cancel()
        elif kind == "ping":
            await self._send({"type": "pong"})
        elif kind == "connection_init":
            raise Closed(TOO_MANY_INITS, "Too many initialisation requests")
        elif kind != "pong":
            raise Closed(BAD_REQUEST, "no message of this type")

    def _start(self, message: dict[str, Any]) -> None:
        name = id_of(message)
        if name in self._operations:
            raise Closed(ID_TAKEN, f"Subscriber for {name} already exists")
        payload = message.get("payload")
        if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
            raise Closed(BAD_REQUEST, "subscribe carries a payload with a query")
        task = asyncio.create_task(self._operate(name, payload, len(self._operations)))
        self._operations[name] = task
        task.add_done_callback(lambda done: self._finished(name, done))

    def _finished(self, name: str, task: asyncio.Task[None]) -> None:
        if self._operations.get(name) is task:
            del self._operations[name]
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not self._ended.done():
            self._ended.set_result(failure)

    async def _operate(self, name: str, payload: dict[str, Any], running: int) -> None:
        own_id = f"{request_id(self._socket)}/{name}"
        try:
            _check_room(running)
            await self._answer(name, question(payload, None, own_id))
        except Unauthenticated as expired:
            raise Closed(FORBIDDEN, f"Forbidden: {expired.message}"[:120]) from None
        except (Closed, WebSocketDisconnect):
            raise
        except Exception as failure:  # noqa: BLE001 - masked and logged in one place
            self._forget(name)
            errors = errors_of(failed(failure, own_id), own_id)
            await self._send({"id": name, "type": "error", "payload": errors})
        else:
            self._forget(name)
            await self._send({"id": name, "type": "complete"})

    async def _answer(self, name: str, asked: Question) -> None:
        if self._viewer is None:
            raise Closed(UNAUTHORIZED, "Unauthorized")
        operation = self._execution.read(asked)
        if operation.kind is not OperationType.SUBSCRIPTION:
            answer = await self._execution.answer(operation, asked, self._viewer)
            await self._send({"id": name, "type": "next", "payload": answer.body})
            return
        with self._metrics.subscriptions.track_inprogress():
            async with aclosing(self._execution.follow(operation, asked, self._viewer)) as answers:
                async for answer in answers:
                    await self._send({"id": name, "type": "next", "payload": answer.body})

    def _forget(self, name: str) -> None:
        if self._operations.get(name) is asyncio.current_task():
            del self._operations[name]

    async def _send(self, message: dict[str, Any]) -> None:
        text = encoded(message).decode()
        try:
            async with asyncio.timeout(SEND_DEADLINE_S), self._sending:
                await self._socket.send({"type": "websocket.send", "text": text})
        except TimeoutError:
            raise Closed(TRY_LATER, "The client does not read") from None

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            if self._viewer is not None:
                if self._viewer.is_expired:
                    raise Closed(FORBIDDEN, "Forbidden: the token has expired")
                await self._send({"type": "ping"})


def _check_room(running: int) -> None:
    if running >= MOST_OPERATIONS:
        raise RequestRefused(
            f"at most {MOST_OPERATIONS} operations at once on a connection", code="limit.operations"
        )


async def _close(socket: WebSocket, closed: Closed) -> None:
    with suppress(RuntimeError, OSError, TimeoutError, WebSocketDisconnect):
        async with asyncio.timeout(SEND_DEADLINE_S):
            await socket.close(closed.code, closed.reason)


def _is_own_page(socket: WebSocket) -> bool:
    """Whether no browser, or a page of this very host, opens the connection."""
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")
