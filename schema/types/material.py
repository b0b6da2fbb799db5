"""Materials, material lots and their uses."""

from __future__ import annotations

import strawberry

from resolvers import materials, spans
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS
from schema.types.forward import EventRecordRef, MountIntervalConnectionRef
from schema.types.node import Connection, Node, Quantity
from twin.records import material as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import ThingKind


@answers(records.Material, allow=READERS)
class Material:
    """A material by name, with what is left of it in the plant."""

    material_id: str = told("The material's own name.")
    name: str | None = told("What people call it.")
    kind: str = told("DIE, EPOXY, WIRE, SUBSTRATE, SOLDER, ENCAPSULANT, CARRIER or OTHER.")
    unit: str = told("The unit its amounts are told in.")
    aliases: list[str] = told("Other names of it; lots received under them are its lots.")
    minimum_quantity: float | None = told("Below this much somebody should order more.")
    on_hand: float = resolved_by(materials.on_hand)
    low: bool = resolved_by(materials.low)


@answers(records.MaterialLot, allow=READERS)
class MaterialLot(Node):
    """A supplier's lot of a material, or one mixed from others."""

    id: strawberry.ID = identity("MATERIAL_LOT", "material_lot_id")
    material_lot_id: str = told("The material lot's own name, as its label says.")
    material: Material | None = resolved_by(materials.material)
    supplier_id: str | None = told("Who delivered it.")
    supplier_lot: str | None = told("The supplier's own lot number.")
    received: Quantity | None = told("How much came in or was mixed.")
    consumed: Quantity | None = told("How much lots and mixes took; null where it is measured otherwise.")
    returned: Quantity | None = told("How much came back; null where it is measured otherwise.")
    remaining: Quantity | None = told(
        "How much is left after what was used, mixed and returned; null where that is measured otherwise."
    )
    expires_at: Instant | None = told("Until when it may be used.")
    usable_from: Instant | None = told("When it has thawed, as it was last told.")
    usable_until: Instant | None = told("When its pot life ends, as it was last told.")
    location: str | None = told("Where it was last moved to.")
    made_from: list[MaterialLot] = resolved_by(materials.made_from)
    used_in: UseConnection = resolved_by(materials.used_in)
    inferred: bool = told("Whether it is only known because other events name it.")
    mounts: MountIntervalConnectionRef = resolved_by(spans.material_mounts)


@answers(allow=READERS)
class MaterialLotConnection(Connection):
    """A slice of a list of material lots."""

    nodes: list[MaterialLot] = told("The material lots of this slice.")


@answers(records.Use, allow=READERS)
class Use:
    """One fact by which something went into something else."""

    user: Node = resolved_by(materials.user)
    kind: ThingKind = told("What kind of thing used it.")
    quantity: Quantity | None = told("How much was used, where the fact says so.")
    at: Instant = told("When it was used.")
    event: EventRecordRef = resolved_by(materials.event)


@answers(allow=READERS)
class UseConnection(Connection):
    """A slice of a list of uses."""

    nodes: list[Use] = told("The uses of this slice, the earliest first.")
