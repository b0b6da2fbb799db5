"""Findings about the substrates behind an answer's suspect dies."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.naming import named
from twin.folds.finding import Findings
from twin.folds.turned_map import turned_maps
from twin.lineage.plant import Plant
from twin.vocabulary.things import Thing, ThingKind


def about_substrates(plant: Plant, substrates: set[str], found: Findings) -> None:
    """Substrates that nobody registered or mapped, and maps that stand otherwise than the one before."""
    for key in sorted(substrates & plant.told_maps.keys()):
        for event, how in turned_maps(plant.told_maps[key]):
            message = f"the map of {key} is {how}, against the map before"
            found.add("map.rotated", message, event, Thing(ThingKind.SUBSTRATE, key))
    unknown = substrates - plant.registered.keys() - plant.told_maps.keys()
    for key, event in sorted(_first_named(plant, unknown).items()):
        thing = Thing(ThingKind.SUBSTRATE, key)
        found.add("substrate.unknown", f"nobody registered or mapped {key}", event, thing)


def _first_named(plant: Plant, substrates: set[str]) -> dict[str, Event]:
    """The first event that names each of these substrates."""
    waiting, first = set(substrates), dict[str, Event]()
    for event in plant.events if substrates else ():
        for label, key in named(event.fact):
            if label == "Substrate" and key in waiting:
                waiting.remove(key)
                first[key] = event
        if not waiting:
            break
    return first
