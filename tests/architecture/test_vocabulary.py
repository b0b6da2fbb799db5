from __future__ import annotations

import pytest

from tests.architecture.cypher import (
    ROOT,
    Statement,
    built_at_the_door,
    built_statements,
    statements,
)
from twin.errors import TwinError
from twin.events.naming import LABEL_OF_FIELD
from twin.events.registry import FACTS
from twin.graph.session import Graph
from twin.projection.registry import PROJECTIONS
from twin.vocabulary.graph import FOLDED, NAMED_BY_EVENTS, NODE_KEYS, NODES
from twin.vocabulary.relationships import RELATIONSHIPS
from twin.vocabulary.things import LABELS

STATEMENTS = statements()
OF_THE_RUNNER = {"Migration", "MigrationLock"}
WRITERS = ("twin/projection/", "graph_migrations/")


def test_the_repository_speaks_cypher_where_it_should() -> None:
    assert {statement.place.split("/")[1] for statement in STATEMENTS if "twin/" in statement.place} >= {
        "projection",
        "queries",
    }
    assert len(STATEMENTS) > 80


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.place)
def test_a_statement_names_only_declared_labels_and_relationships(statement: Statement) -> None:
    assert statement.labels - NODE_KEYS.keys() - OF_THE_RUNNER == set()
    assert statement.relationships - RELATIONSHIPS.keys() == set()


def test_only_the_projection_and_the_migrations_write() -> None:
    assert [one.place for one in STATEMENTS if one.writes and not one.place.startswith(WRITERS)] == []


def test_no_statement_is_built() -> None:
    assert built_statements() == []
    assert built_at_the_door() == []


@pytest.mark.graph
async def test_the_graph_understands_every_statement(graph: Graph) -> None:
    refused = {}
    for statement in STATEMENTS:
        try:
            await graph.read(f"EXPLAIN {statement.text}")  # type: ignore[arg-type]
        except TwinError as fault:
            refused[statement.place] = repr(fault.__cause__)
    assert refused == {}


def test_every_label_has_a_unique_key_in_a_migration() -> None:
    script = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "graph_migrations").glob("V*.cypher")
    )
    for label, key in NODE_KEYS.items():
        assert f"FOR (thing:{label}) REQUIRE thing.{key} IS UNIQUE" in script


def test_every_thing_that_events_or_answers_name_has_a_label() -> None:
    assert set(LABEL_OF_FIELD.values()) | {"RecipeVersion"} == set(NAMED_BY_EVENTS)
    assert set(LABELS.values()) <= NODES.keys()


def test_every_end_of_a_relationship_is_a_label() -> None:
    ends = {label for one in RELATIONSHIPS.values() for label in (*one.starts, *one.ends)}
    assert ends <= NODES.keys()


def test_projections_state_declared_facts_of_known_events() -> None:
    for event_type, projections in PROJECTIONS.items():
        assert FACTS[event_type.__name__] is event_type
        for projection in projections:
            assert projection.relationship in RELATIONSHIPS or projection.relationship in NODES


def test_folded_things_share_their_bookkeeping() -> None:
    assert {label for label in NAMED_BY_EVENTS if not set(FOLDED) <= set(NODES[label].properties)} == set()


def test_what_is_not_declared_is_noticed() -> None:
    statement = Statement("here", "MATCH (a:Lott)-[r:ATE|CONSUMED*1..2]->(b) WHERE b:Paste SET a.x = 'SET'")

    assert statement.labels == {"Lott", "Paste"}
    assert statement.relationships == {"ATE", "CONSUMED"}
    assert statement.writes
    assert not Statement("here", "MATCH (a:Lot) WHERE a.x = 'SET' RETURN a").writes
