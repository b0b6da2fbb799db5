"""The API as the service has it, without HTTP: documents remembered, limits, answers as JSON."""

from __future__ import annotations

from typing import Final

from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from schema.build import build_schema
from schema.http.execution import Execution, Question
from schema.http.graphql_route import encoded
from schema.limits import Limits
from twin.graph.session import Graph
from twin.queries.index.index import LineageIndex
from twin.vocabulary.instants import Instant, written
from twin.vocabulary.roles import Role

PAGE: Final = """query Page($scope: RecallScope!) { recallImpact(scope: $scope) {
  totals { lots low high }
  lots(first: 100) { nodes { lot { lotId } since certainty low high quantity } }
} }"""


class Api:
    """One quality engineer's questions."""

    def __init__(self, graph: Graph, index: LineageIndex) -> None:
        def context(viewer: Viewer) -> Context:
            return Context(graph=graph, viewer=viewer, loaders=Loaders(graph), index=index)

        async def reached(_token: str, _seconds: float) -> None:
            return None

        self._execution = Execution(build_schema(), Limits(), context, reached)

    async def page(self, suspect: str, since: Instant) -> None:
        """The first hundred lots that a suspect reached since a moment, and the totals of all."""
        variables = {"scope": {"materialLot": {"materialLotId": suspect, "from": written(since)}}}
        question = Question(PAGE, variables, None, None, "bench")
        operation = self._execution.read(question)
        answer = await self._execution.answer(operation, question, Viewer("bench", Role.QUALITY))
        assert answer.data is not None, answer.errors
        assert encoded(answer.body)
        assert len(answer.data["recallImpact"]["lots"]["nodes"]) == 100
