from __future__ import annotations

from typing import Any

from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from schema.build import build_schema
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

SCHEMA = build_schema()


class Answered(dict[str, Any]):
    codes: list[str]
    messages: list[str]


def context(graph: Graph, role: Role = Role.QUALITY) -> Context:
    return Context(graph=graph, viewer=Viewer("somebody", role), loaders=Loaders(graph))


async def ask(graph: Graph, document: str, role: Role = Role.QUALITY, **variables: Any) -> Answered:
    result = await SCHEMA.execute(document, variable_values=variables, context_value=context(graph, role))
    answered = Answered(result.data or {})
    answered.codes = [str((error.extensions or {}).get("code")) for error in result.errors or ()]
    answered.messages = [error.message for error in result.errors or ()]
    return answered
