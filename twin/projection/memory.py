"""The statements that read back what the graph holds of a thing, for a fold that is not in memory."""

from __future__ import annotations

from typing import Final, LiteralString

KEPT: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $keys AS key
        MATCH (thing:Lot {lot_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "MaterialLot": """
        UNWIND $keys AS key
        MATCH (thing:MaterialLot {material_lot_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Material": """
        UNWIND $keys AS key
        MATCH (thing:Material {material_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Product": """
        UNWIND $keys AS key
        MATCH (thing:Product {product_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Order": """
        UNWIND $keys AS key
        MATCH (thing:Order {order_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Customer": """
        UNWIND $keys AS key
        MATCH (thing:Customer {customer_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Equipment": """
        UNWIND $keys AS key
        MATCH (thing:Equipment {equipment_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Operator": """
        UNWIND $keys AS key
        MATCH (thing:Operator {operator_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Tool": """
        UNWIND $keys AS key
        MATCH (thing:Tool {tool_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Substrate": """
        UNWIND $keys AS key
        MATCH (thing:Substrate {substrate_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Unit": """
        UNWIND $keys AS key
        MATCH (thing:Unit {unit_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Container": """
        UNWIND $keys AS key
        MATCH (thing:Container {container_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Shipment": """
        UNWIND $keys AS key
        MATCH (thing:Shipment {shipment_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "Alarm": """
        UNWIND $keys AS key
        MATCH (thing:Alarm {alarm_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
    "RecipeVersion": """
        UNWIND $keys AS key
        MATCH (thing:RecipeVersion {recipe_version_id: key})
        RETURN key AS key, thing.kept AS kept, thing.findings AS findings
    """,
}
"""The stored state of a fold and the findings open about its thing."""

TOLD_BY: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $keys AS key
        MATCH (thing:Lot {lot_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "MaterialLot": """
        UNWIND $keys AS key
        MATCH (thing:MaterialLot {material_lot_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Material": """
        UNWIND $keys AS key
        MATCH (thing:Material {material_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Product": """
        UNWIND $keys AS key
        MATCH (thing:Product {product_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Order": """
        UNWIND $keys AS key
        MATCH (thing:Order {order_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Customer": """
        UNWIND $keys AS key
        MATCH (thing:Customer {customer_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Equipment": """
        UNWIND $keys AS key
        MATCH (thing:Equipment {equipment_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Operator": """
        UNWIND $keys AS key
        MATCH (thing:Operator {operator_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Tool": """
        UNWIND $keys AS key
        MATCH (thing:Tool {tool_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Substrate": """
        UNWIND $keys AS key
        MATCH (thing:Substrate {substrate_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Unit": """
        UNWIND $keys AS key
        MATCH (thing:Unit {unit_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Container": """
        UNWIND $keys AS key
        MATCH (thing:Container {container_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Shipment": """
        UNWIND $keys AS key
        MATCH (thing:Shipment {shipment_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "Alarm": """
        UNWIND $keys AS key
        MATCH (thing:Alarm {alarm_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
    "RecipeVersion": """
        UNWIND $keys AS key
        MATCH (thing:RecipeVersion {recipe_version_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL
        RETURN key AS key, collect(event.event_id) AS event_ids
    """,
}
"""The events that count for a thing, by id."""
