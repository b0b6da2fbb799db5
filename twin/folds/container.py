"""Which parts of lots lie in which containers and shipments (semantics.md section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from twin.events.event import Event
from twin.folds.step import Part


@dataclass(slots=True, eq=False)
class Container:
    """A reel, tray, box or pallet: its parts, the containers inside, and where it went."""

    container_id: str
    packed: list[Event] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    inside: dict[str, Event] = field(default_factory=dict)
    outer: str | None = None
    shipment: str | None = None


@dataclass(slots=True, eq=False)
class Shipment:
    """What left the plant for a customer."""

    shipment_id: str
    events: list[Event] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    containers: dict[str, Event] = field(default_factory=dict)
    customers: dict[str, Event] = field(default_factory=dict)
    orders: dict[str, Event] = field(default_factory=dict)


class Packing:
    """All containers and shipments, in the order of their events."""

    def __init__(self) -> None:
        self.containers: dict[str, Container] = {}
        self.shipments: dict[str, Shipment] = {}
        self.parts_of: dict[str, list[Part]] = {}

    def container(self, container_id: str) -> Container:
        """A container by its id, opened when first named."""
        return self.containers.setdefault(container_id, Container(container_id))

    def shipment(self, shipment_id: str) -> Shipment:
        """A shipment by its id, opened when first named."""
        return self.shipments.setdefault(shipment_id, Shipment(shipment_id))

    def put(self, part: Part, container_id: str | None, shipment_id: str | None) -> None:
        """A part comes into a container or into a shipment, out of wherever it was."""
        if part.container is not None:
            self.container(part.container).parts.remove(part)
        elif part.lot and part.shipment is None:
            self.parts_of.setdefault(part.lot, []).append(part)
        if container_id is not None:
            if part.shipment is not None:
                self.shipment(part.shipment).parts.remove(part)
                part.shipment = None
            part.container = container_id
            self.container(container_id).parts.append(part)
        if shipment_id is not None:
            part.container = None
            self._ship(part, shipment_id)

    def _ship(self, part: Part, shipment_id: str) -> None:
        if part.shipment is not None:
            self.shipment(part.shipment).parts.remove(part)
        part.shipment = shipment_id
        self.shipment(shipment_id).parts.append(part)

    def nest(self, inner: str, outer: str, event: Event) -> None:
        """A container is put into another; one that would contain itself is left where it is."""
        if outer in {inner, *(box.container_id for box in self.within(inner))}:
            return
        box = self.container(inner)
        if box.outer is not None:
            self.container(box.outer).inside.pop(inner, None)
        box.outer = outer
        self.container(outer).inside[inner] = event

    def within(self, container_id: str) -> Iterator[Container]:
        """A container and all containers inside it."""
        box = self.container(container_id)
        yield box
        for inner in box.inside:
            yield from self.within(inner)

    def ship_container(self, container_id: str, shipment_id: str, event: Event) -> None:
        """A container leaves with all parts in it, whatever depth; what left with it before is gone."""
        self.shipment(shipment_id).containers.setdefault(container_id, event)
        for box in self.within(container_id):
            box.shipment = shipment_id
            for part in box.parts:
                if part.shipment is None:
                    self._ship(part, shipment_id)
