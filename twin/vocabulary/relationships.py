"""What ties the nodes of the graph: every relationship with its two ends.

A fact is a relationship that names its event; derived relationships carry no properties and are rewritten by
the fold that owns them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from twin.vocabulary.graph import NAMED_BY_EVENTS, names


class Relationship(NamedTuple):
    """A relationship: between which labels, what it says, and what it carries."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    says: str
    properties: tuple[str, ...] = ()


FACT: Final = names("event_id occurred_at recorded_at voided_at")
"""On every fact: its event, the factory's clock, our clock, and since when it no longer counts."""

RELATIONSHIPS: Final[dict[str, Relationship]] = {
    "ABOUT": Relationship(("Event",), NAMED_BY_EVENTS, "The event names the thing: what a fold reads."),
    "IDENTIFIES": Relationship(
        ("Event",), ("MaterialLot",), "The event received, mixed or thawed the material lot.", FACT
    ),
    "CONSUMED": Relationship(
        ("Lot",),
        ("MaterialLot",),
        "The lot used part of the material lot; which run it belongs to is derived.",
        FACT + names("operation quantity unit method expected equipment_id position operator_id material_id"),
    ),
    "DERIVED_INTO": Relationship(
        ("Lot",),
        ("Lot",),
        "Units left the first lot for the second; kind is SPLIT or the reason of the merge.",
        FACT + names("kind quantity"),
    ),
    "MIXED_INTO": Relationship(
        ("MaterialLot",),
        ("MaterialLot",),
        "Part of the first became the second.",
        FACT + names("quantity unit"),
    ),
    "TRANSFERRED_TO": Relationship(
        ("Substrate",),
        ("Substrate",),
        "Dies moved from the first to the second; the sites are in the event's data.",
        FACT + names("operation equipment_id lot_id count"),
    ),
    "PROCESSED_ON": Relationship(
        ("Substrate",),
        ("Equipment",),
        "The substrate passed the machine between two moments.",
        FACT + names("lot_id operation position started_at finished_at"),
    ),
    "BUILT_INTO": Relationship(
        names("Unit Substrate MaterialLot"),
        ("Unit",),
        "The first is a component of the unit; x and y name the site of a substrate.",
        FACT + names("operation lot_id x y"),
    ),
    "PACKED_IN": Relationship(
        names("Lot Unit Container"),
        ("Container",),
        "So many units of the first are in the container; line is its place in the event's list.",
        FACT + names("quantity line"),
    ),
    "SHIPPED_IN": Relationship(
        names("Lot Unit Container"),
        ("Shipment",),
        "So many units of the first left with the shipment; line is its place in the event's list.",
        FACT + names("quantity line"),
    ),
    "MOVED_TO": Relationship(
        names("Lot MaterialLot"),
        ("Location",),
        "It was carried to the place; the latest that counts is where it is.",
        FACT + names("quantity zone_event"),
    ),
    "SUPPLIED_BY": Relationship(
        ("MaterialLot",),
        ("Supplier",),
        "The supplier delivered it.",
        FACT + names("supplier_lot quantity unit"),
    ),
    "ORDERED_BY": Relationship(
        ("Order",), ("Customer",), "The customer ordered it.", FACT + names("quantity")
    ),
    "TESTED": Relationship(
        ("TestRun",),
        names("Lot Substrate"),
        "The tester's session touched the lot or the substrate.",
    ),
    "PROCESSED": Relationship(("OperationRun",), ("Lot",), "The run worked on the lot; derived."),
    "STOPPED": Relationship(("Hold",), ("Lot",), "The hold stopped the lot; derived."),
    "RAN_ON": Relationship(("OperationRun",), ("Equipment",), "The run used the machine; derived."),
    "SERVES": Relationship(("Lot",), ("Order",), "The lot is made for the order, or came from one; derived."),
    "TOUCHES": Relationship(
        ("Finding",),
        names("Lot MaterialLot Equipment Substrate Die Unit Event OperationRun"),
        "The finding is about the thing.",
    ),
    "FORMED_ON": Relationship(
        ("Die",), ("Substrate",), "The die with facts of its own was formed on the substrate."
    ),
    "INSPECTED": Relationship(
        ("Inspection",), names("Lot Substrate"), "Somebody looked at the thing.", names("passed") + FACT
    ),
    "DEFECT_ON": Relationship(
        ("Inspection",),
        names("Unit Substrate"),
        "Faults of one kind on the thing: in so many rows, so many in all.",
        FACT + names("code places quantity"),
    ),
    "STATE_OF": Relationship(("StateInterval",), ("Equipment",), "What the machine was in; derived."),
    "MOUNTED_ON": Relationship(("MountInterval",), ("Equipment",), "Where it sat; derived."),
    "MOUNT_OF": Relationship(("MountInterval",), names("Tool MaterialLot"), "What sat there; derived."),
    "REPAIR_OF": Relationship(("Repair",), ("Equipment",), "What was repaired; derived."),
    "TOLD_BY": Relationship(
        names("StateInterval MountInterval Inspection Repair"), ("Event",), "The events that say so."
    ),
}
"""Every relationship of the graph."""
