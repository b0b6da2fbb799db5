"""``POST /graphql/stream``: one operation as server-sent events (graphql-sse, distinct connections)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import Any, Final

from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from resolvers.viewer import Viewer
from schema.http.access import Gate
from schema.http.documents import Operation
from schema.http.execution import Answer, Execution, Question, failed
from schema.http.graphql_request import question_posted
from schema.http.graphql_route import encoded
from schema.http.metrics import Metrics
from schema.http.problem import RequestRefused, errors_of, problem
from schema.http.request_envelope import request_id, status_of
from twin.errors import TwinError

EVENT_STREAM: Final = "text/event-stream"
SEND_DEADLINE_S: Final = 10.0
QUIET_S: Final = 12.0


class StreamRoute:
    """Feeds one operation's answers to one connection."""

    def __init__(self, execution: Execution, gate: Gate, metrics: Metrics) -> None:
        self._execution, self._gate, self._metrics = execution, gate, metrics

    async def respond(self, request: Request) -> Response:
        """One request, a stream of ``next`` events and a last ``complete``."""
        name = request_id(request)
        try:
            viewer = await self._gate.viewer(request)
            if not _accepts_stream(request.headers.get("accept", "*/*")):
                raise RequestRefused(f"answers are {EVENT_STREAM}", code="request.not_acceptable", status=406)
            question = await question_posted(request)
        except TwinError as refusal:
            return problem(refusal, status_of(refusal), name, graphql=True)
        return EventStream(self._answers(question, viewer))

    async def _answers(self, question: Question, viewer: Viewer) -> AsyncGenerator[Mapping[str, Any], None]:
        try:
            operation = self._execution.read(question)
            async with aclosing(self._of(operation, question, viewer)) as answers:
                async for answer in answers:
                    yield answer.body
        except Exception as failure:  # noqa: BLE001 - masked and logged in one place
            yield {"errors": errors_of(failed(failure, question.request_id), question.request_id)}

    async def _of(
        self, operation: Operation, question: Question, viewer: Viewer
    ) -> AsyncGenerator[Answer, None]:
        if operation.kind is not OperationType.SUBSCRIPTION:
            yield await self._execution.answer(operation, question, viewer)
            return
        with self._metrics.subscriptions.track_inprogress():
            async with aclosing(self._execution.follow(operation, question, viewer)) as answers:
                async for answer in answers:
                    yield answer


class EventStream(Response):
    """Answers as they come, each under a deadline, until the source ends or the client leaves."""

    def __init__(self, answers: AsyncGenerator[Mapping[str, Any], None]) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self.headers["content-type"] = f"{EVENT_STREAM}; charset=utf-8"
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send until the source ends, the client leaves, or it stops reading."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        feeding = asyncio.create_task(self._feed(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((feeding, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (feeding, leaving):
                task.cancel()
            with suppress(asyncio.CancelledError, TimeoutError, OSError):
                await feeding
            with suppress(asyncio.CancelledError):
                await leaving

    async def _feed(self, send: Send) -> None:
        await _write(send, b":\n\n")
        async with aclosing(self._answers) as answers:
            upcoming = asyncio.ensure_future(anext(answers, None))
            try:
                while True:
                    done, _ = await asyncio.wait((upcoming,), timeout=QUIET_S)
                    if not done:
                        await _write(send, b":\n\n")
                        continue
                    answer = upcoming.result()
                    if answer is None:
                        break
                    await _write(send, b"event: next\ndata: " + encoded(answer) + b"\n\n")
                    upcoming = asyncio.ensure_future(anext(answers, None))
            finally:
                upcoming.cancel()
                with suppress(asyncio.CancelledError):
                    await upcoming
        await _write(send, b"event: complete\ndata: \n\n")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _write(send: Send, part: bytes) -> None:
    async with asyncio.timeout(SEND_DEADLINE_S):
        await send({"type": "http.response.body", "body": part, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _accepts_stream(accept: str) -> bool:
    kinds = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return bool(kinds & {EVENT_STREAM, "text/*", "*/*"})
