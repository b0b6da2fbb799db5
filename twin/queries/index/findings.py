"""The findings that touch an answer over the lines: the same, in the same order, as over all events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final

from twin.events.event import OrderKey
from twin.queries.index import block_sums as sums
from twin.queries.index.line import Line, MaterialLine, Thaw, Told, Use
from twin.queries.index.reading import Reading
from twin.queries.index.spread import Spread
from twin.records.recall import LineageFinding
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

_name: Final = attrgetter("lot_id")

Found = dict[tuple[str, tuple[Thing, ...]], LineageFinding]


def findings_of(
    reading: Reading, spread: Spread, listed: Sequence[Line], passed: Iterable[Line]
) -> tuple[LineageFinding, ...]:
    """About listed lots and their runs, exposed material lots, clocks; and lots that gave too much.

    ``listed`` are in the order of their names. ``passed``: lots that carried some and do not any more. Of
    lots that were told together, those are added to both that may say something.
    """
    timed, known = _Timed(reading), reading.book.machines
    if spread.block is not None:
        timed.look(sums.used_by_listed(spread.block))
        told_together = sums.telling(spread.block, known, timed.names)
        listed = sorted([*listed, *told_together], key=_name) if told_together else listed
        passed = [*passed, *sums.passed(spread.block)]
    materials = [stuff for each in spread.materials if (stuff := reading.material(each)) is not None]
    restless = [line for line in listed if not line.is_calm]
    told = _sorted(each for line in restless for each in line.told)
    found: Found = {}
    for line in listed:
        if line.oddities and not (line.is_smooth and line.machines <= known):
            _about_runs(known, line, found)
        if timed.concern(line.materials) or not line.is_calm:
            _about_uses(timed, line, found)
    for material in materials:
        _about_material(material, found)
    for each in _clocks(restless, materials):
        found.setdefault((each.code, each.things), each)
    every = [*told, *found.values()]
    emptied = _sorted(each for line in passed for each in line.told)
    seen = set(every)
    return (*every, *(each for each in emptied if each.code == "quantity.imbalance" and each not in seen))


class _Timed:
    """Which material lots may be used only at some times; each is looked up once for all its uses."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._seen: set[str] = set()
        self.names: set[str] = set()

    def concern(self, material_lots: tuple[str, ...]) -> bool:
        """Whether one of them expires or was thawed."""
        if not self._seen.issuperset(material_lots):
            self.look([each for each in material_lots if each not in self._seen])
        return not self.names.isdisjoint(material_lots)

    def look(self, material_lots: Collection[str]) -> None:
        """Look material lots up."""
        self._seen.update(material_lots)
        self.names |= self._reading.timed({*material_lots})

    def line(self, material_lot: str) -> MaterialLine | None:
        """A material lot that expires or was thawed."""
        return self._reading.material(material_lot) if material_lot in self.names else None


def _sorted(told: Iterable[Told]) -> list[LineageFinding]:
    """By their events, each once."""
    found: Found = {}
    for _, _, finding in sorted(told, key=lambda each: each[:2]):
        found.setdefault((finding.code, finding.things), finding)
    return list(found.values())


def _clocks(lots: Sequence[Line], materials: Sequence[MaterialLine]) -> Iterator[LineageFinding]:
    clocks = [line.clocks for line in lots if line.clocks] + [stuff.clocks for stuff in materials]
    yield from _sorted(each for told in clocks for each in told)
    yield from _sorted(line.against_time for line in lots if line.against_time is not None)


def _about_runs(known: set[str], line: Line, found: Found) -> None:
    for finding in line.oddities:
        if finding.code == "equipment.unknown" and finding.things[0].key in known:
            continue
        found.setdefault((finding.code, finding.things), finding)


def _about_uses(timed: _Timed, line: Line, found: Found) -> None:
    for use in line.uses:
        material = timed.line(use.material_lot)
        if use.loose == 0 or material is not None:
            for code in _wrong(use, material):
                _add(found, code, line.lot_id, use)


def _wrong(use: Use, material: MaterialLine | None) -> Iterator[str]:
    """Why a lot should not have used a material lot at that moment."""
    if use.loose == 0:
        yield "consumption.empty_lot"
    if material is None:
        return
    at = Instant(use.order[0])
    if material.expires_at is not None and at > material.expires_at:
        yield "consumption.expired"
        return
    thawed = _last_thaw(material.thaws, at)
    if thawed is not None and at < thawed.usable_from:
        yield "consumption.not_usable_yet"
    if thawed is not None and at > thawed.usable_until:
        yield "consumption.expired"


def _last_thaw(thaws: Iterable[Thaw], at: Instant) -> Thaw | None:
    last: Thaw | None = None
    for thaw in thaws:
        if last is None or thaw.at <= at:
            last = thaw
    return last


def _add(found: Found, code: str, lot_id: str, use: Use) -> None:
    things = Thing(ThingKind.LOT, lot_id), Thing(ThingKind.MATERIAL_LOT, use.material_lot)
    message = f"{use.material_lot} was consumed by {lot_id} outside its time"
    if code == "consumption.empty_lot":
        message = f"lot {lot_id} had no units when it consumed {use.material_lot}"
    _put(found, code, things, message, use.order)


def _about_material(material: MaterialLine, found: Found) -> None:
    if not material.is_defined:
        things = (Thing(ThingKind.MATERIAL_LOT, material.material_lot_id),)
        message = f"nobody received material lot {material.material_lot_id}"
        _put(found, "material_lot.unknown", things, message, material.first_order)


def _put(found: Found, code: str, things: tuple[Thing, ...], message: str, order: OrderKey) -> None:
    finding = LineageFinding(code, things, message, Instant(order[0]), order[3])
    found.setdefault((code, things), finding)
