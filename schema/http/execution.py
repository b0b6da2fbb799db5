"""One operation from its text to its answer: limits first, then the wait, then the resolvers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    create_source_event_stream,
    execute,
    execute_subscription_event,
)

from resolvers.context import Context
from resolvers.viewer import Unauthenticated, Viewer
from schema.http.documents import Documents, Operation, refused
from schema.http.problem import RequestRefused, shown, unexpected
from schema.limits import Limits
from twin.errors import TwinError

DEADLINE_S: Final = 10.0
LONG_DEADLINE_S: Final = 60.0
LONG_QUESTIONS: Final = frozenset(
    {
        "recallImpact",
        "recallWithin",
        "recallWhatIf",
        "recallCase",
        "recallJob",
        "simulateRecallCase",
        "containRecallCase",
        "runRecallDrill",
        "genealogy",
    }
)
WATERMARK_DEADLINE_S: Final = 5.0

ContextOf = Callable[[Viewer], object]
Reached = Callable[[str, float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Question:
    """What a client sent, whatever the transport."""

    text: str
    variables: Mapping[str, Any] | None
    operation_name: str | None
    watermark: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL response; without ``data`` when nothing was executed."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]
    executed: bool = True

    @property
    def body(self) -> dict[str, Any]:
        """The response map, in the order that readers expect."""
        body: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        if self.executed:
            body["data"] = self.data
        return body

    @property
    def code(self) -> str:
        """The first error's code, or ``ok``."""
        return str(self.errors[0]["extensions"]["code"]) if self.errors else "ok"


class Execution:
    """Carries out the operations of one schema."""

    def __init__(
        self, schema: strawberry.Schema, limits: Limits, context_of: ContextOf, reached: Reached
    ) -> None:
        self._schema: GraphQLSchema = schema._schema  # noqa: SLF001 - strawberry has no public name for it
        self._executor: type[Executor[Any]] = schema.execution_context_class
        self._documents = Documents(self._schema, limits)
        self._context_of, self._reached = context_of, reached

    def read(self, question: Question) -> Operation:
        """The operation that is asked; nothing is executed yet.

        Raises:
            RequestRefused: the document is not valid.
            OverLimit: it asks more than one request may.
        """
        return self._documents.operation(question.text, question.operation_name, question.variables)

    async def answer(self, operation: Operation, question: Question, viewer: Viewer) -> Answer:
        """The answer to a query or mutation.

        Raises:
            Behind: the projection has not reached the asked watermark in time.
            RequestRefused: its variables are not what the document declares, or its time is up.
        """
        await self._wait(question)
        seconds = LONG_DEADLINE_S if operation.root_fields & LONG_QUESTIONS else DEADLINE_S
        try:
            async with asyncio.timeout(seconds) as deadline:
                result = await self._executed(operation, question, viewer)
        except TimeoutError:
            if not deadline.expired():
                raise
            raise RequestRefused(
                f"the operation did not end within {seconds:.0f} s; ask for less",
                code="request.timeout",
                status=504,
            ) from None
        return _answer(result, question.request_id)

    async def _executed(self, operation: Operation, question: Question, viewer: Viewer) -> ExecutionResult:
        context = self._context_of(viewer)
        try:
            result = execute(
                self._schema,
                operation.document,
                context_value=context,
                variable_values=dict(question.variables or {}),
                operation_name=operation.name,
                executor_class=self._executor,
            )
            return await result if isinstance(result, Awaitable) else result
        finally:
            if isinstance(context, Context):
                context.forget()

    async def follow(
        self, operation: Operation, question: Question, viewer: Viewer
    ) -> AsyncGenerator[Answer, None]:
        """The answers of a subscription, one for each frame, until it or the viewer's right ends.

        Raises:
            RequestRefused: its variables are not what the document declares.
            Unauthenticated: the viewer's token ran out meanwhile.
        """
        await self._wait(question)
        executor = self._built(operation, question, viewer, None)
        async with asyncio.timeout(DEADLINE_S):
            source = create_source_event_stream(executor)
            if isinstance(source, Awaitable):
                source = await source
        if isinstance(source, ExecutionResult):
            raise _not_begun(source, question.request_id)
        async with aclosing(_frames(source)) as frames:
            async for frame in frames:
                if viewer.is_expired:
                    raise Unauthenticated("the token has expired; ask for a new one")
                result = execute_subscription_event(self._built(operation, question, viewer, frame))
                async with asyncio.timeout(DEADLINE_S):
                    done = await result if isinstance(result, Awaitable) else result
                yield _answer(done, question.request_id)

    def _built(
        self, operation: Operation, question: Question, viewer: Viewer, frame: object
    ) -> Executor[Any]:
        built = self._executor.build(
            self._schema,
            operation.document,
            frame,
            self._context_of(viewer),
            dict(question.variables or {}),
            operation.name,
        )
        if isinstance(built, list):
            raise refused(built, "request.bad_variable")
        return built

    async def _wait(self, question: Question) -> None:
        if question.watermark is not None:
            await self._reached(question.watermark, WATERMARK_DEADLINE_S)


async def _frames(source: AsyncIterable[Any]) -> AsyncGenerator[Any, None]:
    """The source's frames; closing this closes the source."""
    try:
        async for frame in source:
            yield frame
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


def failed(failure: Exception, request_id: str) -> TwinError:
    """A failure outside the resolvers, as a client may see it."""
    if isinstance(failure, TwinError):
        return failure
    if isinstance(failure, GraphQLError):
        cause = failure.original_error
        return cause if isinstance(cause, TwinError) else unexpected(failure, request_id)
    return unexpected(failure, request_id)


def _not_begun(result: ExecutionResult, request_id: str) -> RequestRefused:
    errors = [shown(error, request_id) for error in result.errors or ()]
    first = errors[0]
    return RequestRefused(first["message"], code=first["extensions"]["code"], errors=errors)


def _answer(result: ExecutionResult, request_id: str) -> Answer:
    errors = result.errors or []
    if errors and result.data is None and not any(error.path for error in errors):
        raise refused(errors, "request.bad_variable")
    return Answer(result.data, [shown(error, request_id) for error in errors])
