"""The findings that touch an answer: about its lots and their runs, its material lots, its suspect dies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twin.events.event import Event
from twin.events.material import MaterialConsumed, MaterialLotReceived, MaterialMixed, MaterialThawed
from twin.folds.finding import Findings
from twin.folds.run import Run
from twin.lineage.carrying import Carrying
from twin.lineage.odd_clocks import about_clocks
from twin.lineage.odd_substrates import about_substrates
from twin.lineage.plant import Plant
from twin.records.recall import AffectedLot, LineageFinding
from twin.vocabulary.instants import Instant, instant_of
from twin.vocabulary.things import Thing, ThingKind, die_key


def touching(plant: Plant, lots: Iterable[AffectedLot], carrying: Carrying) -> tuple[LineageFinding, ...]:
    """What does not fit about the things of a recall's answer."""
    lot_ids = [lot.lot_id for lot in lots]
    things = {Thing(ThingKind.LOT, lot_id) for lot_id in lot_ids}
    things |= {Thing(ThingKind.MATERIAL_LOT, material) for material in carrying.materials}
    found = about(plant, lot_ids, carrying.materials, things, carrying.suspect_dies())
    passed = {Thing(ThingKind.LOT, lot_id) for lot_id in carrying.touched} - things
    emptied = plant.ledger.findings.touching(passed)
    found += [each for each in emptied if each.code == "quantity.imbalance" and each not in found]
    return tuple(found)


def about(
    plant: Plant,
    lot_ids: Iterable[str],
    material_lots: Iterable[str],
    things: set[Thing],
    dies: set[tuple[str, int, int]],
) -> list[LineageFinding]:
    """The findings about lots and their runs, material lots, dies and other things."""
    found = Findings()
    for lot_id in lot_ids:
        about_lot(plant, lot_id, found)
    for material_lot in material_lots:
        _about_material(plant, material_lot, found)
    for conflict in plant.ledger.dies.conflicts if dies else ():
        if conflict.die in dies:
            die = Thing(ThingKind.DIE, die_key(*conflict.die))
            message = f"{die} is told to be in two places, or not alone in one"
            found.add(conflict.code, message, conflict.event, die)
    wafers = {die[0] for die in dies} | {each.key for each in things if each.kind is ThingKind.SUBSTRATE}
    about_substrates(plant, wafers, found)
    about_clocks(plant, things, found)
    return [*plant.ledger.findings.touching(things), *found.all()]


def about_lot(plant: Plant, lot_id: str, found: Findings) -> None:
    """The findings about one lot and its runs."""
    thing = Thing(ThingKind.LOT, lot_id)
    account = plant.ledger.accounts.lots.get(lot_id)
    if account is not None and not account.is_known and account.first_event is not None:
        found.add("lot.unknown", f"nobody created lot {lot_id}", account.first_event, thing)
    for run in plant.runs(lot_id):
        _about_run(run, thing, found)
        _about_machine(plant, run, found)
    for event in plant.mismatches.get(lot_id, ()):
        found.add("recipe.mismatch", f"another recipe ran on lot {lot_id} than was approved", event, thing)
    for place, event in plant.consumptions.get(lot_id, ()):
        fact = event.fact
        assert isinstance(fact, MaterialConsumed)  # noqa: S101 - indexed so
        material = Thing(ThingKind.MATERIAL_LOT, fact.material_lot_id)
        if account is not None and account.before(place)[1] == 0:
            message = f"lot {lot_id} had no units when it consumed {fact.material_lot_id}"
            found.add("consumption.empty_lot", message, event, thing, material)
        for code in _unusable(plant, fact.material_lot_id, event.occurred_at):
            message = f"{fact.material_lot_id} was consumed by {lot_id} outside its time"
            found.add(code, message, event, thing, material)


def _about_run(run: Run, lot: Thing, found: Findings) -> None:
    thing = Thing(ThingKind.OPERATION_RUN, run.key)
    if run.inferred and run.track_in is None and run.track_out is not None:
        found.add("run.no_track_in", f"nobody tracked {run.key} in", run.track_out, thing, lot)
    if run.inferred and run.track_out is None and run.track_in is not None:
        found.add("run.no_track_out", f"nobody tracked {run.key} out", run.track_in, thing, lot)
    if run.repeats and run.track_in is not None:
        found.add("run.opened_twice", f"{run.key} was tracked in again while open", run.track_in, thing, lot)


def _about_machine(plant: Plant, run: Run, found: Findings) -> None:
    if run.equipment_id not in plant.machines and run.event is not None:
        machine = Thing(ThingKind.EQUIPMENT, run.equipment_id)
        found.add("equipment.unknown", f"nobody registered machine {machine.key}", run.event, machine)


def _about_material(plant: Plant, material_lot: str, found: Findings) -> None:
    if material_lot in plant.materials.defined:
        return
    first = plant.first_of_material.get(material_lot)
    if first is not None:
        thing = Thing(ThingKind.MATERIAL_LOT, material_lot)
        found.add("material_lot.unknown", f"nobody received material lot {material_lot}", first, thing)


def _unusable(plant: Plant, material_lot: str, at: Instant) -> Iterator[str]:
    """Why a material lot should not have been used at a moment."""
    told = plant.materials.defined.get(material_lot)
    fact = told.fact if told else None
    expires_at = fact.expires_at if isinstance(fact, MaterialLotReceived | MaterialMixed) else None
    if expires_at is not None and at > instant_of(expires_at):
        yield "consumption.expired"
        return
    thawed = _last_thaw(plant.thaws.get(material_lot, ()), at)
    if thawed is not None and at < instant_of(thawed.usable_from):
        yield "consumption.not_usable_yet"
    if thawed is not None and at > instant_of(thawed.usable_until):
        yield "consumption.expired"


def _last_thaw(thaws: Iterable[Event], at: Instant) -> MaterialThawed | None:
    last: MaterialThawed | None = None
    for event in thaws:
        if isinstance(event.fact, MaterialThawed) and (last is None or event.occurred_at <= at):
            last = event.fact
    return last
