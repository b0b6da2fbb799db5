"""The statements that read what leads away from the nodes of each label."""

from __future__ import annotations

from typing import Final, LiteralString

TIES: Final[dict[str, LiteralString]] = {
    "Event": """
        UNWIND $keys AS key
        MATCH (thing:Event {event_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Voiding": """
        UNWIND $keys AS key
        MATCH (thing:Voiding {voided_event_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Source": """
        UNWIND $keys AS key
        MATCH (thing:Source {source_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Finding": """
        UNWIND $keys AS key
        MATCH (thing:Finding {finding_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Lot": """
        UNWIND $keys AS key
        MATCH (thing:Lot {lot_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "OperationRun": """
        UNWIND $keys AS key
        MATCH (thing:OperationRun {run_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Hold": """
        UNWIND $keys AS key
        MATCH (thing:Hold {hold_key: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "MaterialLot": """
        UNWIND $keys AS key
        MATCH (thing:MaterialLot {material_lot_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Material": """
        UNWIND $keys AS key
        MATCH (thing:Material {material_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Product": """
        UNWIND $keys AS key
        MATCH (thing:Product {product_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Order": """
        UNWIND $keys AS key
        MATCH (thing:Order {order_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Customer": """
        UNWIND $keys AS key
        MATCH (thing:Customer {customer_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Operator": """
        UNWIND $keys AS key
        MATCH (thing:Operator {operator_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Equipment": """
        UNWIND $keys AS key
        MATCH (thing:Equipment {equipment_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Tool": """
        UNWIND $keys AS key
        MATCH (thing:Tool {tool_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Alarm": """
        UNWIND $keys AS key
        MATCH (thing:Alarm {alarm_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "RecipeVersion": """
        UNWIND $keys AS key
        MATCH (thing:RecipeVersion {recipe_version_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Substrate": """
        UNWIND $keys AS key
        MATCH (thing:Substrate {substrate_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Die": """
        UNWIND $keys AS key
        MATCH (thing:Die {die_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Unit": """
        UNWIND $keys AS key
        MATCH (thing:Unit {unit_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Container": """
        UNWIND $keys AS key
        MATCH (thing:Container {container_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Shipment": """
        UNWIND $keys AS key
        MATCH (thing:Shipment {shipment_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Location": """
        UNWIND $keys AS key
        MATCH (thing:Location {location_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Supplier": """
        UNWIND $keys AS key
        MATCH (thing:Supplier {supplier_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "TestRun": """
        UNWIND $keys AS key
        MATCH (thing:TestRun {event_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Inspection": """
        UNWIND $keys AS key
        MATCH (thing:Inspection {event_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "StateInterval": """
        UNWIND $keys AS key
        MATCH (thing:StateInterval {interval_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "MountInterval": """
        UNWIND $keys AS key
        MATCH (thing:MountInterval {mount_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
    "Repair": """
        UNWIND $keys AS key
        MATCH (thing:Repair {repair_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
}
"""What leads away from some nodes of a label."""
