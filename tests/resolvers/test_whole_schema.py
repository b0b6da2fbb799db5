from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from graphql import build_schema as parsed

from schema.build import sdl
from tests.resolvers.asking import SCHEMA, ask
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

SERVED: GraphQLSchema = parsed(sdl(SCHEMA))
OFTEN = {"direction": "DESCENDANTS"}

QUESTIONS = {
    "lot": 'lot(lotId: "LOT-1")',
    "lots": 'lots(filter: {lotId: {startsWith: "LOT-"}})',
    "materialLot": 'materialLot(materialLotId: "PASTE-1")',
    "materialLots": "materialLots",
    "substrate": 'substrate(substrateId: "STRIP-1")',
    "die": 'die(substrateId: "WAFER-1", x: 1, y: 0)',
    "unit": 'unit(unitId: "MODULE-1")',
    "equipment": 'equipment(equipmentId: "DB-01")',
    "equipments": "equipments",
    "order": 'order(orderId: "ORD-1")',
    "orders": "orders(filter: {late: true})",
    "customer": 'customer(customerId: "CUST-1")',
    "container": 'container(containerId: "REEL-1")',
    "shipment": 'shipment(shipmentId: "SHIP-1")',
    "event": 'event(eventId: "mistake")',
    "genealogy": 'genealogy(of: {kind: LOT, key: "LOT-1A"}, direction: ANCESTORS)',
    "completeness": 'completeness(of: {lotId: "LOT-1"})',
    "recallImpact": 'recallImpact(scope: {materialLot: {materialLotId: "PASTE-1"}})',
    "whereUsed": 'whereUsed(of: {kind: MATERIAL_LOT, key: "PASTE-1"})',
    "commonality": 'commonality(bad: [{kind: LOT, key: "LOT-1"}])',
    "wip": "wip",
    "alarms": "alarms",
    "findings": "findings",
    "watermark": "watermark",
    "search": 'search(text: "LOT")',
}


def selection(kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, role: Role) -> str:
    return " ".join(["__typename", *_fields(kind, depth, role)])


def _fields(kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, role: Role) -> Iterator[str]:
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        asked = name + _arguments(field)
        if is_leaf_type(inner):
            if (kind.name, name) != ("EventRecord", "raw"):
                yield asked
        elif depth > 0 and isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            yield f"{asked} {{ {selection(inner, depth - 1, role)} }}"


def _arguments(field: GraphQLField) -> str:
    given = [f"{name}: {OFTEN[name]}" for name in field.args if name in OFTEN]
    return f"({', '.join(given)})" if given else ""


@pytest.mark.parametrize("name", sorted(QUESTIONS))
async def test_every_field_of_an_answer_can_be_asked(plant: Graph, name: str) -> None:
    assert SERVED.query_type is not None
    kind = get_named_type(SERVED.query_type.fields[name].type)
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    answer = await ask(plant, f"{{ {QUESTIONS[name]} {{ {selection(kind, 3, Role.QUALITY)} }} }}")
    assert answer.messages == []
    assert answer[name] is not None
