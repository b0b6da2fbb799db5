"""Things by their keys, as the projector last wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString, TypeAlias

from twin.graph.session import Graph

Row: TypeAlias = dict[str, Any]

CHUNK: Final = 2_000
"""At most so many keys in one statement."""

BY_KEY: Final[dict[str, LiteralString]] = {
    "Lot": "UNWIND $keys AS key MATCH (thing:Lot {lot_id: key}) RETURN key, thing",
    "OperationRun": "UNWIND $keys AS key MATCH (thing:OperationRun {run_id: key}) RETURN key, thing",
    "MaterialLot": "UNWIND $keys AS key MATCH (thing:MaterialLot {material_lot_id: key}) RETURN key, thing",
    "Material": "UNWIND $keys AS key MATCH (thing:Material {material_id: key}) RETURN key, thing",
    "Product": "UNWIND $keys AS key MATCH (thing:Product {product_id: key}) RETURN key, thing",
    "Order": "UNWIND $keys AS key MATCH (thing:Order {order_id: key}) RETURN key, thing",
    "Customer": "UNWIND $keys AS key MATCH (thing:Customer {customer_id: key}) RETURN key, thing",
    "Equipment": "UNWIND $keys AS key MATCH (thing:Equipment {equipment_id: key}) RETURN key, thing",
    "Alarm": "UNWIND $keys AS key MATCH (thing:Alarm {alarm_id: key}) RETURN key, thing",
    "Substrate": "UNWIND $keys AS key MATCH (thing:Substrate {substrate_id: key}) RETURN key, thing",
    "Unit": "UNWIND $keys AS key MATCH (thing:Unit {unit_id: key}) RETURN key, thing",
    "Container": "UNWIND $keys AS key MATCH (thing:Container {container_id: key}) RETURN key, thing",
    "Shipment": "UNWIND $keys AS key MATCH (thing:Shipment {shipment_id: key}) RETURN key, thing",
    "Finding": "UNWIND $keys AS key MATCH (thing:Finding {finding_id: key}) RETURN key, thing",
    "Event": "UNWIND $keys AS key MATCH (thing:Event {event_id: key}) RETURN key, thing",
    "RecipeVersion": "UNWIND $keys AS key MATCH (thing:RecipeVersion {recipe_version_id: key}) "
    "RETURN key, thing",
    "Tool": "UNWIND $keys AS key MATCH (thing:Tool {tool_id: key}) RETURN key, thing",
}
"""Label to the statement that finds its nodes by their keys."""


async def things_by_key(graph: Graph, label: str, keys: Sequence[str]) -> dict[str, Row]:
    """The properties of each of these things that the graph knows, one statement for up to 2,000."""
    found: dict[str, Row] = {}
    statement = BY_KEY[label]
    for start in range(0, len(keys), CHUNK):
        for row in await graph.read(statement, keys=list(keys[start : start + CHUNK])):
            found[row["key"]] = row["thing"]
    return found
