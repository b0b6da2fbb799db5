"""A wafer, strip or the like: what it is, its latest map, and the dies that came and went."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

import msgspec

from twin.events.event import Event, OrderKey
from twin.events.fact import Fact
from twin.events.lot import LotSplit
from twin.events.substrate import DiesTransferred, SubstrateMapped, SubstrateProcessed, SubstrateRegistered
from twin.folds.fold import Fold, said
from twin.folds.moved_dies import MovedDies, came, went
from twin.folds.strip_map import Sheet, map_suspicions
from twin.folds.substrate_suspicions import in_two_lots, turned
from twin.folds.suspicion import Suspicion
from twin.folds.turned_map import turned_maps
from twin.vocabulary.things import die_key

_BYTES_A_UNIT_OF_WEIGHT: Final = 2_048


class SubstrateFold(Fold):
    """A substrate: ``came`` holds the dies on each of its sites, ``went`` the sites of each of its dies."""

    label: ClassVar[str] = "Substrate"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({SubstrateRegistered, SubstrateMapped})
    resumable: ClassVar[bool] = False

    came: MovedDies = msgspec.field(default_factory=MovedDies)
    went: MovedDies = msgspec.field(default_factory=MovedDies)
    maps: list[Event] = msgspec.field(default_factory=list)
    turned: list[tuple[Event, str]] = msgspec.field(default_factory=list)
    lots: set[str] = msgspec.field(default_factory=set)

    def defines(self, event: Event) -> bool:
        """Its own registration or map makes it known; being another's frame does not."""
        return type(event.fact) in self.defined_by and event.fact.substrate_id == self.key  # type: ignore[attr-defined]

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What the event says of the substrate."""
        values: dict[str, Any] = {}
        match event.fact:
            case SubstrateRegistered(substrate_id=self.key) as fact:
                names = ("lot_id", "material_lot_id", "product_id", "parent_substrate_id", "columns", "rows")
                values = said(fact, *names) | {"kind": fact.kind.value}
            case SubstrateMapped() as fact:
                values = _mapped(fact, event)
            case DiesTransferred(to_substrate_id=self.key) as fact:
                values = said(fact, "lot_id") | {"placed_kind": fact.to_kind.value}
            case SubstrateProcessed() as fact:
                values = {"lot_id": fact.lot_id}
            case LotSplit(children=children):
                taken = [part.lot_id for part in children if self.key in part.substrate_ids]
                values = {"lot_id": taken[-1]} if taken else {}
        return values

    def step_back(self, event: Event) -> frozenset[str] | None:
        """Ask for all events when dies moved, or a map or registration was held against another."""
        held = isinstance(event.fact, DiesTransferred | SubstrateMapped | SubstrateRegistered)
        return None if held else frozenset()

    def step(self, event: Event) -> bool:
        """Note where each die came from and went to, the maps, and the lots it was registered in."""
        fact = event.fact
        match fact:
            case SubstrateRegistered(substrate_id=self.key, lot_id=str() as lot_id):
                self.lots.add(lot_id)
            case SubstrateMapped():
                insort(self.maps, event, key=_order)
                self.turned = list(turned_maps(self.maps))
        if not isinstance(fact, DiesTransferred):
            return True
        if fact.to_substrate_id == self.key:
            self.came.add(came(fact))
        self.went.add(went(fact, self.key))
        return True

    def properties(self) -> dict[str, Any]:
        """The substrate as the graph stores it."""
        values = super().properties()
        values["kind"] = values["kind"] or self.latest("placed_kind")
        values["columns"] = values["columns"] or values["map_columns"]
        values["rows"] = values["rows"] or values["map_rows"]
        return values

    def suspicions(self) -> tuple[Suspicion, ...]:
        """Sites with two dies or none, dies that went to two sites, and a substrate nobody registered."""
        return tuple(self._suspicions())

    def _suspicions(self) -> Iterator[Suspicion]:
        for (x, y), ends in self.came.torn():
            dies = [die_key(*die) for die in ends]
            yield Suspicion(
                code="site.two_dies",
                about=die_key(self.key, x, y),
                message=f"Site ({x},{y}) of {self.key} holds {len(dies)} dies: {', '.join(dies)}.",
                things=(f"SUBSTRATE:{self.key}", *(f"DIE:{die}" for die in dies)),
            )
        for (x, y), sites in self.went.torn():
            yield Suspicion(
                code="die.used_twice",
                about=die_key(self.key, x, y),
                message=f"Die ({x},{y}) of {self.key} went to {len(sites)} sites:"
                f" {', '.join(die_key(*site) for site in sites)}.",
                things=_once(f"DIE:{die_key(self.key, x, y)}", *(f"SUBSTRATE:{site[0]}" for site in sites)),
            )
        if (bins := self.latest("bins")) is not None:
            place = (self.latest(name) for name in ("map_columns", "first_x", "first_y", "legend"))
            yield from map_suspicions(self.key, Sheet(bins, *place), self.came.places())
        yield from turned(self.key, self.turned)
        yield from self.dated_ahead("SUBSTRATE")
        yield from in_two_lots(self.key, self.lots)
        if self.is_unknown:
            yield Suspicion(
                code="substrate.unknown",
                about=self.key,
                message=f"Events name substrate {self.key}, and nobody registered or mapped it.",
                things=(f"SUBSTRATE:{self.key}",),
            )

    @property
    def weight(self) -> int:
        """A wafer with its maps and thousands of moved dies takes the room of many lots."""
        mapped = sum(len(event.fact.bins) for event in self.maps if isinstance(event.fact, SubstrateMapped))
        return 1 + (mapped + self.came.size + self.went.size) // _BYTES_A_UNIT_OF_WEIGHT


def _order(event: Event) -> OrderKey:
    return event.order


def _once(*things: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(things))


def _mapped(fact: SubstrateMapped, event: Event) -> dict[str, Any]:
    return {
        "kind": fact.kind.value,
        "bins": fact.bins,
        "map_columns": fact.columns,
        "map_rows": fact.rows,
        "origin": fact.origin.value,
        "axis": fact.axis.value,
        "orientation_deg": float(fact.orientation_deg),
        "first_x": fact.first_x or 0,
        "first_y": fact.first_y or 0,
        "null_bin": fact.null_bin,
        "legend": msgspec.json.encode(fact.bin_definitions).decode(),
        "mapped_at": event.occurred_at,
        "map_event_id": event.event_id,
        "map_name": fact.map_name,
    }
