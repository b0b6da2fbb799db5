"""The statements that keep one thing of each label: named, folded, and tied to its events."""

from __future__ import annotations

from typing import Final, LiteralString

KEEP: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $rows AS row
        MERGE (thing:Lot {lot_id: row.key})
        SET thing += row.properties
    """,
    "MaterialLot": """
        UNWIND $rows AS row
        MERGE (thing:MaterialLot {material_lot_id: row.key})
        SET thing += row.properties
    """,
    "Material": """
        UNWIND $rows AS row
        MERGE (thing:Material {material_id: row.key})
        SET thing += row.properties
    """,
    "Product": """
        UNWIND $rows AS row
        MERGE (thing:Product {product_id: row.key})
        SET thing += row.properties
    """,
    "Order": """
        UNWIND $rows AS row
        MERGE (thing:Order {order_id: row.key})
        SET thing += row.properties
    """,
    "Customer": """
        UNWIND $rows AS row
        MERGE (thing:Customer {customer_id: row.key})
        SET thing += row.properties
    """,
    "Equipment": """
        UNWIND $rows AS row
        MERGE (thing:Equipment {equipment_id: row.key})
        SET thing += row.properties
    """,
    "Operator": """
        UNWIND $rows AS row
        MERGE (thing:Operator {operator_id: row.key})
        SET thing += row.properties
    """,
    "Tool": """
        UNWIND $rows AS row
        MERGE (thing:Tool {tool_id: row.key})
        SET thing += row.properties
    """,
    "Substrate": """
        UNWIND $rows AS row
        MERGE (thing:Substrate {substrate_id: row.key})
        SET thing += row.properties
    """,
    "Unit": """
        UNWIND $rows AS row
        MERGE (thing:Unit {unit_id: row.key})
        SET thing += row.properties
    """,
    "Container": """
        UNWIND $rows AS row
        MERGE (thing:Container {container_id: row.key})
        SET thing += row.properties
    """,
    "Shipment": """
        UNWIND $rows AS row
        MERGE (thing:Shipment {shipment_id: row.key})
        SET thing += row.properties
    """,
    "Alarm": """
        UNWIND $rows AS row
        MERGE (thing:Alarm {alarm_id: row.key})
        SET thing += row.properties
    """,
    "RecipeVersion": """
        UNWIND $rows AS row
        MERGE (thing:RecipeVersion {recipe_version_id: row.key})
        SET thing += row.properties
    """,
}
"""Write a thing as its fold tells it, whether or not it was named before."""

TIE: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $rows AS row
        MATCH (thing:Lot {lot_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "MaterialLot": """
        UNWIND $rows AS row
        MATCH (thing:MaterialLot {material_lot_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Material": """
        UNWIND $rows AS row
        MATCH (thing:Material {material_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Product": """
        UNWIND $rows AS row
        MATCH (thing:Product {product_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Order": """
        UNWIND $rows AS row
        MATCH (thing:Order {order_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Customer": """
        UNWIND $rows AS row
        MATCH (thing:Customer {customer_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Equipment": """
        UNWIND $rows AS row
        MATCH (thing:Equipment {equipment_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Operator": """
        UNWIND $rows AS row
        MATCH (thing:Operator {operator_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Tool": """
        UNWIND $rows AS row
        MATCH (thing:Tool {tool_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Substrate": """
        UNWIND $rows AS row
        MATCH (thing:Substrate {substrate_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Unit": """
        UNWIND $rows AS row
        MATCH (thing:Unit {unit_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Container": """
        UNWIND $rows AS row
        MATCH (thing:Container {container_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Shipment": """
        UNWIND $rows AS row
        MATCH (thing:Shipment {shipment_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Alarm": """
        UNWIND $rows AS row
        MATCH (thing:Alarm {alarm_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "RecipeVersion": """
        UNWIND $rows AS row
        MATCH (thing:RecipeVersion {recipe_version_id: row[0]})
        UNWIND row[1] AS event_id
        MATCH (event:Event {event_id: event_id})
        CREATE (event)-[:ABOUT]->(thing)
    """,
}
"""Tie new events to the things that they name."""
