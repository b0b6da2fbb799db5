"""What lots, units, strips and material lots carry of the suspect while the events go by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.events.event import Event
from twin.folds.step import Part, Site, lot_trigger, material_trigger
from twin.lineage.arithmetic import NONE, Bounds, exposed, exposed_in_part, grown
from twin.lineage.evidence import Link, Trail
from twin.lineage.plant import Plant
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

POSSIBLE = 1
DEFINITE = 2


@dataclass(slots=True)
class Load:
    """One exposed lot: all its units, the loose ones, and what it met without strip or die evidence."""

    since: Instant
    total: Bounds = NONE
    loose: Bounds = NONE
    plain: Bounds = NONE


@dataclass(frozen=True, slots=True)
class Meeting:
    """A lot meets the suspect just before or at the event at a place."""

    lot: str
    place: int
    at: Instant
    source: Thing
    relation: str
    event: Event


class Carrying:
    """Who carries the suspect, as far as the sweep has come."""

    def __init__(self, plant: Plant, trail: Trail) -> None:
        self.plant = plant
        self.trail = trail
        self.lots: dict[str, Load] = {}
        self.touched: set[str] = set()
        self.live: set[str] = set()
        self.unitless: dict[str, Instant] = {}
        self.materials: dict[str, Instant | None] = {}
        self.units: dict[str, int] = {}
        self.strips: dict[str, int] = {}
        self.hosts: dict[str, tuple[str, Event]] = {}
        self.tainted: set[Site] = set()
        self.suspects: set[Site] = set()
        self.parts: dict[Part, Bounds] = {}
        self.scraps: dict[str, Bounds] = {}

    def expose_material(self, material_lot_id: str, since: Instant | None) -> None:
        """A material lot is exposed since a moment, or always; an exposed one keeps its own."""
        self.materials.setdefault(material_lot_id, since)
        self.live.add(material_trigger(material_lot_id))

    def carries_material(self, material_lot_id: str, at: Instant) -> bool:
        """Whether a material lot is exposed at a moment."""
        if material_lot_id not in self.materials:
            return False
        since = self.materials[material_lot_id]
        return since is None or since <= at

    def meet(self, meeting: Meeting, *, low: int | None, high: int | None = None, plain: bool = True) -> None:
        """A lot's loose units meet the suspect: ``low`` None means all of them, ``high`` None up to all."""
        account = self.plant.ledger.accounts.lots[meeting.lot]
        total, loose = account.before(meeting.place)
        if loose == 0:
            self._reach_unknown(meeting)
            return
        met = Bounds(loose if low is None else min(low, loose), loose if high is None else min(high, loose))
        if met.high == 0:
            return
        load = self._load(meeting)
        load.loose = exposed(load.loose, met)
        if loose == total:
            load.total = load.loose
        else:
            load.total = exposed_in_part(total, load.total, met)
        if plain:
            load.plain = (
                exposed(load.plain, met) if loose == total else exposed_in_part(total, load.plain, met)
            )
            self._meet_units(meeting, DEFINITE if met.low == loose else POSSIBLE)

    def grow(self, meeting: Meeting, count: int, *, definite: bool) -> None:
        """So many suspect dies or parts come into units of a lot."""
        account = self.plant.ledger.accounts.lots[meeting.lot]
        total, loose = account.before(meeting.place)
        if total == 0:
            self._reach_unknown(meeting)
            return
        load = self._load(meeting)
        load.total = grown(total, load.total, count, int(definite))
        load.loose = grown(loose, load.loose, count, int(definite))

    def trace(self, meeting: Meeting) -> None:
        """What a lot holds can be led back to the meeting, even when its books say that it is empty."""
        self._link(meeting)

    def _reach_unknown(self, meeting: Meeting) -> None:
        if not self.plant.ledger.accounts.lots[meeting.lot].is_known:
            self.unitless.setdefault(meeting.lot, meeting.at)
            self._link(meeting)

    def _load(self, meeting: Meeting) -> Load:
        self._link(meeting)
        return self.load(meeting.lot, meeting.at)

    def load(self, lot_id: str, at: Instant) -> Load:
        """What a lot carries; a clean one is exposed from now on."""
        self.touched.add(lot_id)
        self.live.add(lot_trigger(lot_id))
        return self.lots.setdefault(lot_id, Load(at))

    def _link(self, meeting: Meeting) -> None:
        target = Thing(ThingKind.LOT, meeting.lot)
        self.trail.link(Link(meeting.source, target, meeting.relation, meeting.event, meeting.place))

    def _meet_units(self, meeting: Meeting, level: int) -> None:
        """Every unit loose in the lot meets it too; a doubtful one only possibly."""
        source, place = Thing(ThingKind.LOT, meeting.lot), meeting.place
        for stay in self.plant.ledger.units.stays.get(meeting.lot, ()):
            if stay.start < place <= stay.end:
                target = Thing(ThingKind.UNIT, stay.unit)
                link = Link(source, target, "HOLDS", stay.event, place, at_once=True)
                self.raise_unit(stay.unit, level if stay.certain else POSSIBLE, link)

    def raise_unit(self, unit_id: str, level: int, link: Link) -> None:
        """A unit carries the suspect at least so surely, and so does the unit it is built into."""
        if level == 0:
            return
        self.trail.link(link)
        if level <= self.units.get(unit_id, 0):
            return
        self.units[unit_id] = level
        if unit_id in self.hosts:
            host, event = self.hosts[unit_id]
            source, target = Thing(ThingKind.UNIT, unit_id), Thing(ThingKind.UNIT, host)
            self.raise_unit(host, level, Link(source, target, "BUILT_INTO", event, link.place))

    def settle(self, lot_id: str, place: int) -> None:
        """A lot that carries nothing any more is clean again."""
        load = self.lots.get(lot_id)
        if load is not None and load.total.high == 0:
            del self.lots[lot_id]
            self.live.discard(lot_trigger(lot_id))
            self.trail.clean(Thing(ThingKind.LOT, lot_id), place)

    def counted(self, units: Iterable[str]) -> Bounds:
        """The bounds of named units by what each of them carries."""
        levels = [self.units.get(unit_id, 0) for unit_id in units]
        return Bounds(levels.count(DEFINITE), sum(level > 0 for level in levels))

    @property
    def is_complete(self) -> bool:
        """Whether the suspect reached no lot of unknown quantity."""
        return all(self.plant.ledger.accounts.lots[lot_id].is_known for lot_id in self.unitless)

    def suspect_dies(self) -> set[Site]:
        """Every die that the sweep met as a suspect."""
        return self.suspects | self.tainted
