from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from tests.resolvers.asking import Answered, answered
from tests.twin.projection.arrivals import projector
from twin.cases.office import Office
from twin.graph.session import Graph
from twin.intake.dead_letters import DeadLetters
from twin.intake.intake import Intake
from twin.intake.outbox import Outbox
from twin.projection.arrival import Arrival
from twin.vocabulary.roles import Role

START = 1_800_000_100_000
DRAFT = """
mutation($scope: RecallScope!, $own: String) {
  done: draftRecallCase(input: {scope: $scope, reason: "voids in paste", clientMutationId: $own}) {
    case { caseId state owner revision scope } userErrors { code field hint } watermark clientMutationId
  }
}
"""
PASTE = {"materialLot": {"materialLotId": "PASTE-1"}}


@dataclass
class CaseDesk:
    graph: Graph
    outbox: Outbox
    office: Office
    _projected: int = 0

    async def ask(self, document: str, role: Role = Role.QUALITY, **variables: Any) -> Answered:
        context = Context(
            graph=self.graph,
            viewer=Viewer("li.na", role),
            loaders=Loaders(self.graph),
            cases=self.office,
        )
        return await answered(document, context, variables)

    async def do(self, mutation: str, selection: str = "state", **given: Any) -> Any:
        name = mutation[0].upper() + mutation[1:] + "Input"
        document = f"""
        mutation($input: {name}!) {{
          done: {mutation}(input: $input) {{ case {{ {selection} }} userErrors {{ code field }} watermark }}
        }}"""
        answered = await self.ask(document, input=given)
        assert answered.messages == []
        return answered["done"]

    async def draft(self, scope: dict[str, Any] | None = None) -> str:
        answered = await self.ask(DRAFT, scope=scope or PASTE)
        return str(answered["done"]["case"]["caseId"])

    async def opened(self, scope: dict[str, Any] | None = None) -> str:
        case_id = await self.draft(scope)
        await self.do("simulateRecallCase", caseId=case_id)
        await self.do("openRecallCase", caseId=case_id, reason="confirmed by the supplier")
        return case_id

    async def project(self) -> int:
        entries = await self.outbox.after(self._projected, 1_000)
        if entries:
            await projector(self.graph, 10_000).apply(
                [Arrival(entry.event(), entry.outbox, entry.shard, entry.seq) for entry in entries]
            )
            self._projected = entries[-1].seq
        return len(entries)


@asynccontextmanager
async def case_desk(
    graph: Graph, folder: Path, make: Callable[..., Office] = Office, **options: Any
) -> AsyncIterator[CaseDesk]:
    ticks = count(START)
    async with Outbox(folder / "outbox.sqlite", 1) as outbox:
        letters = DeadLetters(folder / "letters.sqlite")
        office = make(
            folder / "cases",
            graph,
            Intake(outbox, letters),
            clock=lambda: next(ticks),
            **options,
        )
        try:
            yield CaseDesk(graph, outbox, office)
        finally:
            office.close()
            letters.close()
