"""The statements that read a graph piece by piece: each label in the order of its keys, then its ties."""

from __future__ import annotations

from typing import Final, LiteralString

ALL: Final[LiteralString] = """
    MATCH (thing)
    WHERE NOT (thing:Lease OR thing:ShardPosition OR thing:Skipped OR thing:Migration)
    RETURN count(thing) AS things
"""

DIES_IN_QUESTION: Final[LiteralString] = """
    MATCH (finding:Finding)-->(die:Die)
    WHERE finding.resolved_at IS NULL
    RETURN DISTINCT die.die_id AS die_id
"""

PAGE: Final[dict[str, LiteralString]] = {
    "Event": """
        MATCH (thing:Event)
        WHERE thing.event_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Voiding": """
        MATCH (thing:Voiding)
        WHERE thing.voided_event_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Source": """
        MATCH (thing:Source)
        WHERE thing.source_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Finding": """
        MATCH (thing:Finding)
        WHERE thing.finding_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Lot": """
        MATCH (thing:Lot)
        WHERE thing.lot_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "OperationRun": """
        MATCH (thing:OperationRun)
        WHERE thing.run_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Hold": """
        MATCH (thing:Hold)
        WHERE thing.hold_key > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "MaterialLot": """
        MATCH (thing:MaterialLot)
        WHERE thing.material_lot_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Material": """
        MATCH (thing:Material)
        WHERE thing.material_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Product": """
        MATCH (thing:Product)
        WHERE thing.product_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Order": """
        MATCH (thing:Order)
        WHERE thing.order_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Customer": """
        MATCH (thing:Customer)
        WHERE thing.customer_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Operator": """
        MATCH (thing:Operator)
        WHERE thing.operator_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Equipment": """
        MATCH (thing:Equipment)
        WHERE thing.equipment_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Tool": """
        MATCH (thing:Tool)
        WHERE thing.tool_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Alarm": """
        MATCH (thing:Alarm)
        WHERE thing.alarm_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "RecipeVersion": """
        MATCH (thing:RecipeVersion)
        WHERE thing.recipe_version_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Substrate": """
        MATCH (thing:Substrate)
        WHERE thing.substrate_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Die": """
        MATCH (thing:Die)
        WHERE thing.die_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Unit": """
        MATCH (thing:Unit)
        WHERE thing.unit_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Container": """
        MATCH (thing:Container)
        WHERE thing.container_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Shipment": """
        MATCH (thing:Shipment)
        WHERE thing.shipment_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "TestRun": """
        MATCH (thing:TestRun)
        WHERE thing.event_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
}
"""The next nodes of a label after a key: without ORDER BY an index is read in its order, which is checked."""

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
    "TestRun": """
        UNWIND $keys AS key
        MATCH (thing:TestRun {event_id: key})-[tie]->(target)
        RETURN key AS key, type(tie) AS type, properties(tie) AS properties,
               labels(target) AS labels, properties(target) AS target
    """,
}
"""What leads away from some nodes of a label."""
