"""What the graph is made of: every label with its key and what its nodes carry.

Keys are unique strings. Every ``*_at`` is whole milliseconds since 1970 in UTC.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Node(NamedTuple):
    """A label: the property that names its nodes, what they are, and what else they carry."""

    key: str
    says: str
    properties: tuple[str, ...] = ()


def names(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


FOLDED: Final = names("inferred revision updated_at findings kept")
"""On every folded node: undefined yet, counted events, their latest, open findings, the fold's own state."""

NODES: Final[dict[str, Node]] = {
    "Event": Node(
        "event_id",
        "Something that happened: the marker that makes its effect exactly-once, and the evidence.",
        names("type source source_sequence occurred_at recorded_at data content_hash voided_at voided_by"),
    ),
    "Voiding": Node(
        "voided_event_id",
        "Which event was taken out again, whether or not that event has arrived yet.",
        names("voided_at voided_by"),
    ),
    "Skipped": Node(
        "event_id",
        "An event that could not be applied and went to the dead letters.",
        names("content_hash error message skipped_at"),
    ),
    "Lease": Node("lease_id", "Who may write: the highest fencing token seen.", names("fencing projection")),
    "ShardPosition": Node(
        "position_id", "How far one outbox's shard is projected, as outbox/shard.", names("outbox shard seq")
    ),
    "Source": Node(
        "source_id",
        "A system that tells facts: its latest ones and the holes in its numbering.",
        names("occurred_at recorded_at max_sequence gaps ranges"),
    ),
    "Finding": Node(
        "finding_id",
        "Something in the data that a person should look at.",
        names("code things message severity subject found_at resolved_at hint"),
    ),
    "Lot": Node(
        "lot_id",
        "A production lot.",
        FOLDED
        + names(
            "product_id order_ids status wip_status quality quantity loose_quantity "
            "current_operation current_equipment_id location_id priority created_at has_units"
        ),
    ),
    "OperationRun": Node(
        "run_id",
        "One lot at one operation on one machine, one attempt; derived by the lot's fold.",
        names(
            "lot_id operation equipment_id attempt position operator_id recipe_id "
            "recipe_version carrier_id quantity started_at ended_at good scrap rework other inferred"
        ),
    ),
    "Hold": Node(
        "hold_key",
        "A reason why a lot must not go on, as lot/hold; derived by the lot's fold.",
        names("hold_id lot_id reason_code by note held_at released_at released_by"),
    ),
    "MaterialLot": Node(
        "material_lot_id",
        "A supplier's or mixed lot of a material.",
        FOLDED
        + names(
            "material_id supplier_id supplier_lot received_quantity used_quantity returned_quantity "
            "remaining_quantity unit "
            "expires_at usable_from_at usable_until_at location_id mounted_on "
            "mounted_position"
        ),
    ),
    "Material": Node(
        "material_id",
        "A material by name; alias_of: the material that this is only another name of.",
        FOLDED + names("name kind unit minimum_quantity aliases alias_of"),
    ),
    "Product": Node(
        "product_id",
        "What lots become; route_json and bom_json as its definition told them.",
        FOLDED + names("name granularity route route_json bom_json"),
    ),
    "Order": Node(
        "order_id",
        "A customer's order of a product.",
        FOLDED + names("customer_id product_id quantity due_at cancelled bom_json"),
    ),
    "Customer": Node("customer_id", "Who orders and receives.", FOLDED),
    "Operator": Node("operator_id", "Who works at a machine.", FOLDED),
    "Equipment": Node(
        "equipment_id",
        "A machine and what it does now.",
        FOLDED
        + names(
            "equipment_type line_id area_id site_id name vendor model positions state "
            "state_since process_state reason_code connected lot_id recipe_id recipe_version "
            "counted_total counted_good counted_since_at counted_at last_seen_at"
        ),
    ),
    "Tool": Node(
        "tool_id",
        "A part of a machine that wears and is changed.",
        FOLDED + names("tool_kind equipment_id position count"),
    ),
    "Alarm": Node(
        "alarm_id",
        "An alarm of a machine; open while cleared_at is missing.",
        FOLDED
        + names(
            "equipment_id code text category lot_id level escalated_to set_at cleared_at "
            "acknowledged_at acknowledged_by note"
        ),
    ),
    "RecipeVersion": Node(
        "recipe_version_id",
        "One version of a recipe, as recipe@version.",
        FOLDED
        + names(
            "recipe_id version equipment_type body_sha256 size uploaded_at uploaded_by approved_at "
            "approved_by retired_at retired_by verified_at verified"
        ),
    ),
    "Substrate": Node(
        "substrate_id",
        "A wafer, frame, strip, tray, DBC or panel, and its latest map; bins: little-endian uint16.",
        FOLDED
        + names(
            "kind lot_id material_lot_id product_id parent_substrate_id columns rows bins "
            "map_columns map_rows origin axis orientation_deg first_x first_y null_bin legend "
            "mapped_at map_event_id map_name"
        ),
    ),
    "Die": Node(
        "die_id",
        "A die with facts of its own, as substrate@x,y; any other is answered from its map.",
        names("substrate_id x y"),
    ),
    "Unit": Node(
        "unit_id",
        "A singulated or marked unit; lot_id is the lot that last named it, missing after scrap.",
        FOLDED + names("lot_id substrate_id x y mark scrapped_at container_id shipment_id"),
    ),
    "Container": Node(
        "container_id",
        "A reel, tray, box or pallet.",
        FOLDED + names("kind label packed_at"),
    ),
    "Shipment": Node(
        "shipment_id",
        "Goods that left for a customer.",
        FOLDED + names("customer_id order_id carrier_reference shipped_at"),
    ),
    "Location": Node("location_id", "A place that lots and material lots are carried to."),
    "Supplier": Node("supplier_id", "Who delivers material lots."),
    "TestRun": Node(
        "event_id",
        "A tester's session as one event told it; results: JSON text of columns, one list per field.",
        names(
            "test_run_id operation equipment_id lot_id substrate_id program program_revision temperature_c"
            " complete tested passed results occurred_at recorded_at voided_at"
        ),
    ),
    "Inspection": Node(
        "event_id",
        "A look at a lot or substrate, and its judgement; defects: how many rows, codes: of which kinds.",
        names(
            "inspection_id operation kind passed inspected lot_id substrate_id by defects codes"
            " occurred_at recorded_at voided_at"
        ),
    ),
    "StateInterval": Node(
        "interval_id",
        "A machine from one report of its state to the next, as machine/time/event; entered: from another.",
        names(
            "equipment_id event_id source source_sequence state reason_code process_state lot_id"
            " entered started_at ended_at ended_by"
        ),
    ),
    "MountInterval": Node(
        "mount_id",
        "A tool or material lot on a machine's position, on and off; inferred: nobody told when on.",
        names(
            "track tool_id tool_kind material_lot_id equipment_id position event_id"
            " started_at ended_at ended_by count remaining inferred"
        ),
    ),
    "Repair": Node(
        "repair_id",
        "A machine's repair: asked for, begun, done.",
        names(
            "equipment_id reason_code note parts requested_at requested_by"
            " started_at started_by finished_at finished_by"
        ),
    ),
}
"""Every label of the graph."""

NODE_KEYS: Final[dict[str, str]] = {label: node.key for label, node in NODES.items()}
"""Label to the unique property that names its nodes."""

NAMED_BY_EVENTS: Final = names(
    "Lot MaterialLot Material Product Order Customer Equipment Operator Tool"
    " Substrate Unit Container Shipment Alarm RecipeVersion"
)
"""The labels that an event can be about (twin.events.naming)."""
