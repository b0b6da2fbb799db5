from __future__ import annotations

import re
from pathlib import Path

from docs.generate import graph_page
from tests import factory
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph

ROOT = Path(__file__).parents[2]


def test_the_page_about_the_graph_is_what_the_vocabulary_says() -> None:
    assert (ROOT / "docs/graph.md").read_text(encoding="utf-8") == graph_page()


async def test_the_questions_on_the_page_are_answered(empty_graph: Graph) -> None:
    down = {"state": "UNSCHEDULED_DOWN"}
    await project(
        empty_graph,
        factory.equipment_state_changed(occurred_at="08:00"),
        factory.equipment_state_changed(occurred_at="09:00", **down),
        factory.equipment_state_changed(occurred_at="09:10", reason_code="JAM", **down),
        factory.equipment_state_changed(occurred_at="09:30"),
        factory.tool_mounted(occurred_at="08:00", tool_id="CAP-1"),
        factory.tool_unmounted(occurred_at="09:00", tool_id="CAP-1"),
        factory.tool_mounted(occurred_at="09:00", tool_id="CAP-2"),
    )
    times, tools = re.findall(r"```cypher\n(.*?)```", graph_page(), re.DOTALL)

    assert [tuple(row.values()) for row in await empty_graph.read(times)] == [("DB-01", 30, 1)]
    found = await empty_graph.read(tools, machine="WB-01", at=factory.at("09:00"))
    assert [tuple(row.values()) for row in found] == [("CAP-2", "HEAD-1")]
