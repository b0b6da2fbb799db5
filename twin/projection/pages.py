"""The statements that read a graph piece by piece: each label in the order of its keys."""

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
    "Location": """
        MATCH (thing:Location)
        WHERE thing.location_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Supplier": """
        MATCH (thing:Supplier)
        WHERE thing.supplier_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "TestRun": """
        MATCH (thing:TestRun)
        WHERE thing.event_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Inspection": """
        MATCH (thing:Inspection)
        WHERE thing.event_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "StateInterval": """
        MATCH (thing:StateInterval)
        WHERE thing.interval_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "MountInterval": """
        MATCH (thing:MountInterval)
        WHERE thing.mount_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
    "Repair": """
        MATCH (thing:Repair)
        WHERE thing.repair_id > $after
        RETURN properties(thing) AS properties LIMIT $rows
    """,
}
"""The next nodes of a label after a key: without ORDER BY an index is read in its order, which is checked."""
