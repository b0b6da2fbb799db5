"""What the graph is made of: every label with its key, every relationship with its two ends.

Keys are unique strings. Every ``*_at`` is whole milliseconds since 1970 in UTC. A fact is a relationship that
names its event; derived relationships carry no properties and are rewritten by the fold that owns them.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Node(NamedTuple):
    """A label: the property that names its nodes, what they are, and what else they carry."""

    key: str
    says: str
    properties: tuple[str, ...] = ()


class Relationship(NamedTuple):
    """A relationship: between which labels, what it says, and what it carries."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    says: str
    properties: tuple[str, ...] = ()


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FOLDED: Final = _names("inferred revision updated_at findings kept")
"""On every folded node: undefined yet, counted events, their latest, open findings, the fold's own state."""

FACT: Final = _names("event_id occurred_at recorded_at voided_at")
"""On every fact: its event, the factory's clock, our clock, and since when it no longer counts."""

NODES: Final[dict[str, Node]] = {
    "Event": Node(
        "event_id",
        "Something that happened: the marker that makes its effect exactly-once, and the evidence.",
        _names("type source source_sequence occurred_at recorded_at data content_hash voided_at voided_by"),
    ),
    "Voiding": Node(
        "voided_event_id",
        "Which event was taken out again, whether or not that event has arrived yet.",
        _names("voided_at voided_by"),
    ),
    "Skipped": Node(
        "event_id",
        "An event that could not be applied and went to the dead letters.",
        _names("content_hash error message skipped_at"),
    ),
    "Lease": Node("lease_id", "Who may write: the highest fencing token seen.", _names("fencing projection")),
    "ShardPosition": Node(
        "position_id", "How far one outbox's shard is projected, as outbox/shard.", _names("outbox shard seq")
    ),
    "Source": Node(
        "source_id",
        "A system that tells facts: its latest ones and the holes in its numbering.",
        _names("occurred_at recorded_at max_sequence gaps ranges"),
    ),
    "Finding": Node(
        "finding_id",
        "Something in the data that a person should look at.",
        _names("code things message severity subject found_at resolved_at hint"),
    ),
    "Lot": Node(
        "lot_id",
        "A production lot.",
        FOLDED
        + _names(
            "product_id order_ids status wip_status quality quantity loose_quantity "
            "current_operation current_equipment_id location_id created_at has_units"
        ),
    ),
    "OperationRun": Node(
        "run_id",
        "One lot at one operation on one machine, one attempt; derived by the lot's fold.",
        _names(
            "lot_id operation equipment_id attempt position operator_id recipe_id "
            "recipe_version started_at ended_at good scrap rework inferred"
        ),
    ),
    "Hold": Node(
        "hold_key",
        "A reason why a lot must not go on, as lot/hold; derived by the lot's fold.",
        _names("hold_id lot_id reason_code by note held_at released_at released_by"),
    ),
    "MaterialLot": Node(
        "material_lot_id",
        "A supplier's or mixed lot of a material.",
        FOLDED
        + _names(
            "material_id supplier_id supplier_lot received_quantity remaining_quantity unit "
            "expires_at usable_from_at usable_until_at location_id mounted_on "
            "mounted_position"
        ),
    ),
    "Material": Node(
        "material_id",
        "A material by name.",
        FOLDED + _names("name kind unit minimum_quantity aliases"),
    ),
    "Product": Node(
        "product_id",
        "What lots become; route_json and bom_json as its definition told them.",
        FOLDED + _names("name granularity route route_json bom_json"),
    ),
    "Order": Node(
        "order_id",
        "A customer's order of a product.",
        FOLDED + _names("customer_id product_id quantity due_at cancelled bom_json"),
    ),
    "Customer": Node("customer_id", "Who orders and receives.", FOLDED),
    "Operator": Node("operator_id", "Who works at a machine.", FOLDED),
    "Equipment": Node(
        "equipment_id",
        "A machine and what it does now.",
        FOLDED
        + _names(
            "equipment_type line_id area_id site_id name vendor model positions state "
            "state_since process_state reason_code connected lot_id recipe_id recipe_version "
            "last_seen_at"
        ),
    ),
    "Tool": Node(
        "tool_id",
        "A part of a machine that wears and is changed.",
        FOLDED + _names("tool_kind equipment_id position count"),
    ),
    "Alarm": Node(
        "alarm_id",
        "An alarm of a machine; open while cleared_at is missing.",
        FOLDED
        + _names(
            "equipment_id code text category lot_id level set_at cleared_at acknowledged_at acknowledged_by"
        ),
    ),
    "RecipeVersion": Node(
        "recipe_version_id",
        "One version of a recipe, as recipe@version.",
        FOLDED
        + _names(
            "recipe_id version equipment_type body_sha256 size approved_at approved_by retired_at retired_by"
        ),
    ),
    "Substrate": Node(
        "substrate_id",
        "A wafer, frame, strip, tray, DBC or panel, and its latest map; bins: little-endian uint16.",
        FOLDED
        + _names(
            "kind lot_id material_lot_id product_id parent_substrate_id columns rows bins "
            "map_columns map_rows origin axis orientation_deg first_x first_y null_bin legend "
            "mapped_at map_event_id map_name"
        ),
    ),
    "Die": Node(
        "die_id",
        "A die with facts of its own, as substrate@x,y; any other is answered from its map.",
        _names("substrate_id x y"),
    ),
    "Unit": Node(
        "unit_id",
        "A singulated or marked unit; lot_id is the lot that last named it, missing after scrap.",
        FOLDED + _names("lot_id substrate_id x y mark scrapped_at container_id shipment_id"),
    ),
    "Container": Node(
        "container_id",
        "A reel, tray, box or pallet.",
        FOLDED + _names("kind label packed_at"),
    ),
    "Shipment": Node(
        "shipment_id",
        "Goods that left for a customer.",
        FOLDED + _names("customer_id order_id carrier_reference shipped_at"),
    ),
    "TestRun": Node(
        "event_id",
        "A tester's session as one event told it; results: JSON text of columns, one list per field.",
        _names(
            "test_run_id operation equipment_id lot_id substrate_id program program_revision temperature_c"
            " complete tested passed results occurred_at recorded_at voided_at"
        ),
    ),
}
"""Every label of the graph."""

NODE_KEYS: Final[dict[str, str]] = {label: node.key for label, node in NODES.items()}
"""Label to the unique property that names its nodes."""

NAMED_BY_EVENTS: Final = _names(
    "Lot MaterialLot Material Product Order Customer Equipment Operator Tool"
    " Substrate Unit Container Shipment Alarm RecipeVersion"
)
"""The labels that an event can be about (twin.events.naming)."""

RELATIONSHIPS: Final[dict[str, Relationship]] = {
    "ABOUT": Relationship(("Event",), NAMED_BY_EVENTS, "The event names the thing: what a fold reads."),
    "CONSUMED": Relationship(
        ("Lot",),
        ("MaterialLot",),
        "The lot used part of the material lot; which run it belongs to is derived.",
        FACT
        + _names("operation quantity unit method expected equipment_id position operator_id material_id"),
    ),
    "DERIVED_INTO": Relationship(
        ("Lot",),
        ("Lot",),
        "Units left the first lot for the second; kind is SPLIT or the reason of the merge.",
        FACT + _names("kind quantity"),
    ),
    "MIXED_INTO": Relationship(
        ("MaterialLot",),
        ("MaterialLot",),
        "Part of the first became the second.",
        FACT + _names("quantity unit"),
    ),
    "TRANSFERRED_TO": Relationship(
        ("Substrate",),
        ("Substrate",),
        "Dies moved from the first to the second; the sites are in the event's data.",
        FACT + _names("operation equipment_id lot_id count"),
    ),
    "PROCESSED_ON": Relationship(
        ("Substrate",),
        ("Equipment",),
        "The substrate passed the machine between two moments.",
        FACT + _names("lot_id operation position started_at finished_at"),
    ),
    "BUILT_INTO": Relationship(
        (
            "Unit",
            "Substrate",
            "MaterialLot",
        ),
        ("Unit",),
        "The first is a component of the unit; x and y name the site of a substrate.",
        FACT + _names("operation lot_id x y"),
    ),
    "PACKED_IN": Relationship(
        (
            "Lot",
            "Unit",
            "Container",
        ),
        ("Container",),
        "So many units of the first are in the container; line is its place in the event's list.",
        FACT + _names("quantity line"),
    ),
    "SHIPPED_IN": Relationship(
        (
            "Lot",
            "Unit",
            "Container",
        ),
        ("Shipment",),
        "So many units of the first left with the shipment; line is its place in the event's list.",
        FACT + _names("quantity line"),
    ),
    "TESTED": Relationship(
        ("TestRun",),
        (
            "Lot",
            "Substrate",
        ),
        "The tester's session touched the lot or the substrate.",
    ),
    "OF_LOT": Relationship(
        (
            "OperationRun",
            "Hold",
        ),
        ("Lot",),
        "The run or hold is the lot's; derived.",
    ),
    "RAN_ON": Relationship(("OperationRun",), ("Equipment",), "The run used the machine; derived."),
    "SERVES": Relationship(("Lot",), ("Order",), "The lot is made for the order, or came from one; derived."),
    "TOUCHES": Relationship(
        ("Finding",),
        (
            "Lot",
            "MaterialLot",
            "Equipment",
            "Substrate",
            "Die",
            "Unit",
            "Event",
            "OperationRun",
        ),
        "The finding is about the thing.",
    ),
    "PART_OF": Relationship(
        ("Die",), ("Substrate",), "The die with facts of its own stands on the substrate."
    ),
}
"""Every relationship of the graph."""
