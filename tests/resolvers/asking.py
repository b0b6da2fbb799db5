from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, execute, parse, validate

from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from schema.build import build_schema
from schema.problems import shown
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

SCHEMA = build_schema()


class Answered(dict[str, Any]):
    codes: list[str]
    messages: list[str]


def context(graph: Graph, role: Role = Role.QUALITY) -> Context:
    return Context(graph=graph, viewer=Viewer("somebody", role), loaders=Loaders(graph))


async def ask(graph: Graph, document: str, role: Role = Role.QUALITY, **variables: Any) -> Answered:
    return await answered(document, context(graph, role), variables)


async def answered(document: str, asking: Context, variables: dict[str, Any]) -> Answered:
    result = await _executed(document, asking, variables)
    errors = [shown(error) for error in result.errors or ()]
    told = Answered(result.data or {})
    told.codes = [str((error.extensions or {}).get("code")) for error in errors]
    told.messages = [error.message for error in errors]
    return told


async def _executed(document: str, asking: Context, variables: dict[str, Any]) -> ExecutionResult:
    # As the service executes it: SCHEMA.execute would leave out what its executor answers at once.
    try:
        read = parse(document)
    except GraphQLError as error:
        return ExecutionResult(None, [error])
    if errors := validate(SCHEMA._schema, read):
        return ExecutionResult(None, errors)
    result = execute(
        SCHEMA._schema,
        read,
        context_value=asking,
        variable_values=variables,
        executor_class=SCHEMA.execution_context_class,
    )
    told = await result if isinstance(result, Awaitable) else result
    assert isinstance(told, ExecutionResult)
    return told
