"""Section 3 of semantics.md for lots and material lots, found by walking again until nothing changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.oracle.runs import Run, runs_of
from tests.oracle.timeline import counted, mentions
from twin.events.event import Event
from twin.events.lot import LotsMerged, LotSplit
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.events.tool import ToolMounted, ToolUnmounted

Node = tuple[str, str]
FOREVER = 2**62


def flows(events: list[Event]) -> list[tuple[Node, Node, int]]:
    """Every derivation, consumption and mix: from, into, when."""
    found: list[tuple[Node, Node, int]] = []
    for event in events:
        fact, at = event.fact, event.occurred_at
        if isinstance(fact, LotSplit):
            found += [(("LOT", fact.parent_lot_id), ("LOT", c.lot_id), at) for c in fact.children]
        elif isinstance(fact, LotsMerged):
            into = ("LOT", fact.into_lot_id)
            found += [(("LOT", p.lot_id), into, at) for p in fact.parents if p.lot_id != fact.into_lot_id]
        elif isinstance(fact, MaterialConsumed):
            found.append((("MATERIAL_LOT", fact.material_lot_id), ("LOT", fact.lot_id), at))
        elif isinstance(fact, MaterialMixed):
            into = ("MATERIAL_LOT", fact.material_lot_id)
            found += [(("MATERIAL_LOT", row.material_lot_id), into, at) for row in fact.inputs]
    return found


def walked(
    events: Iterable[Event], root: Node, *, back: bool, as_of: int | None, known_at: int | None
) -> dict[str, Any]:
    chosen = counted(events, as_of, known_at)
    if not any(root[1] in mentions(e, root[0]) for e in chosen):
        return {"error": "thing.not_found"}
    reached = _back(chosen, root) if back else _forth(chosen, root)
    answer: dict[str, Any] = {
        kind: {key: at for (k, key), at in reached.items() if k == kind and (k, key) != root}
        for kind in ("LOT", "MATERIAL_LOT")
    }
    if back:
        answer |= _around(chosen, {key: at for (kind, key), at in reached.items() if kind == "LOT"})
    return answer


def _back(events: list[Event], root: Node) -> dict[Node, int]:
    until = {root: FOREVER}
    while True:
        before = dict(until)
        for source, into, at in flows(events):
            if at <= until.get(into, -FOREVER):
                until[source] = max(until.get(source, at), at)
        if until == before:
            return until


def _forth(events: list[Event], root: Node) -> dict[Node, int]:
    since = {root: -FOREVER}
    while True:
        before = dict(since)
        for source, into, at in flows(events):
            if at >= since.get(source, FOREVER):
                since[into] = min(since.get(into, at), at)
        if since == before:
            return since


def _around(events: list[Event], until: dict[str, int]) -> dict[str, set[str]]:
    runs = [r for r in runs_of(events).runs if r.first.occurred_at <= until.get(r.lot, -FOREVER)]
    return {
        "OPERATION_RUN": {r.key for r in runs},
        "EQUIPMENT": {r.equipment for r in runs},
        "OPERATOR": {name for r in runs for name in r.operators},
        "RECIPE_VERSION": {"@".join(r.recipe) for r in runs if r.recipe is not None},
        "TOOL": {tool for r in runs for tool in _tools(events, r)},
    }


def _tools(events: list[Event], run: Run) -> set[str]:
    """Mounted on the equipment at some moment of the run, or at the only one it has."""
    start = run.first.occurred_at
    end = FOREVER if run.end is None else run.end
    found = set()
    for mount in events:
        if isinstance(mount.fact, ToolMounted) and mount.fact.equipment_id == run.equipment:
            place = (mount.fact.tool_id, mount.fact.equipment_id, mount.fact.position)
            off = [
                e.occurred_at
                for e in events[events.index(mount) :]
                if isinstance(e.fact, ToolUnmounted)
                and (e.fact.tool_id, e.fact.equipment_id, e.fact.position) == place
            ]
            on = mount.occurred_at < end or mount.occurred_at == start == end
            if on and start < (off[0] if off else FOREVER):
                found.add(mount.fact.tool_id)
    return found
