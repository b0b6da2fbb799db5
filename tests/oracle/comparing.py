"""The engine's answers in the oracle's form, and the smallest plant on which both differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tests.oracle.answer import recall
from tests.oracle.genealogy import FOREVER, Node, walked
from tests.oracle.questions import Asked
from twin.errors import NotFound
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure
from twin.lineage.genealogy import ancestors, descendants
from twin.records.recall import DispositionBound, Exposure, LineageFinding
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

CODES = {
    "quantity.imbalance",
    "lot.created_twice",
    "lot.unknown",
    "material_lot.unknown",
    "consumption.empty_lot",
    "run.no_track_in",
    "run.no_track_out",
    "run.opened_twice",
    "unit.lot_unknown",
    "die.used_twice",
    "site.two_dies",
}


def engine_recall(events: Iterable[Event], asked: Asked) -> dict[str, Any]:
    scope, as_of, known_at = asked
    until = None if as_of is None else Instant(as_of)
    known = None if known_at is None else Instant(known_at)
    try:
        return plain(exposure(counted(events, until, known), scope, until))
    except NotFound:
        return {"error": "thing.not_found"}


def bounds(rows: Iterable[DispositionBound]) -> dict[str, tuple[int, int]]:
    return {str(row.disposition): (row.low, row.high) for row in rows if row.high > 0}


def sized(rows: Iterable[Any], name: str) -> dict[str, dict[str, Any]]:
    return {
        getattr(row, name): {"certainty": str(row.certainty), "low": row.low, "high": row.high}
        for row in rows
    }


def plain(answer: Exposure) -> dict[str, Any]:
    totals = answer.totals
    return {
        "lots": {
            row.lot_id: {
                "since": row.since,
                "certainty": str(row.certainty),
                "low": row.low,
                "high": row.high,
                "quantity": row.quantity,
                "dispositions": bounds(row.dispositions),
            }
            for row in answer.lots
        },
        "totals": {
            "low": totals.low,
            "high": totals.high,
            "lots": totals.lots,
            "definiteLots": totals.definite_lots,
            "possibleLots": totals.possible_lots,
            "orders": totals.orders,
            "customers": totals.customers,
            "shipments": totals.shipments,
            "byDisposition": bounds(totals.by_disposition),
        },
        "orders": sized(answer.orders, "order_id"),
        "shipments": sized(answer.shipments, "shipment_id"),
        "customers": {
            row.customer_id: {
                "certainty": str(row.certainty),
                "orders": row.orders,
                "shipments": row.shipments,
            }
            for row in answer.customers
        },
        "materialLots": {row.material_lot_id: row.since for row in answer.material_lots},
        "units": {row.unit_id: str(row.certainty) for row in answer.units},
        "incomplete": answer.limit_hit,
        "findings": findings(answer.findings),
    }


def findings(rows: Iterable[LineageFinding]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.code in CODES:
            found[row.code] |= {str(thing) for thing in row.things}
    return dict(found)


def engine_walk(
    events: Iterable[Event], root: Node, *, back: bool, as_of: int | None, known_at: int | None
) -> dict[str, Any]:
    until = None if as_of is None else Instant(as_of)
    chosen = counted(events, until, None if known_at is None else Instant(known_at))
    thing = Thing(ThingKind(root[0]), root[1])
    try:
        lineage = ancestors(chosen, thing, until) if back else descendants(chosen, thing, until)
    except NotFound:
        return {"error": "thing.not_found"}
    answer: dict[str, Any] = defaultdict(dict)
    for node in lineage.nodes:
        if node.thing != thing:
            answer[str(node.kind)][node.thing.key] = node.until if back else node.since
    return answer


def recall_difference(events: list[Event], asked: Asked) -> str | None:
    want, have = recall(events, *asked), engine_recall(events, asked)
    optional = want.pop("optionalUnits", set())
    for answer in (want, have):
        answer["units"] = {u: c for u, c in answer.get("units", {}).items() if u not in optional}
    return first_difference(want, have)


def walk_difference(events: list[Event], asked: tuple[Node, bool, int | None, int | None]) -> str | None:
    root, back, as_of, known_at = asked
    want = walked(events, root, back=back, as_of=as_of, known_at=known_at)
    have = engine_walk(events, root, back=back, as_of=as_of, known_at=known_at)
    if "error" in want or "error" in have:
        return None if want == dict(have) else f"oracle {want.get('error')}, engine {have.get('error')}"
    for kind, nodes in want.items():
        if kind in ("LOT", "MATERIAL_LOT"):
            have[kind] = {key: FOREVER if at is None else at for key, at in have[kind].items()}
            if nodes != have[kind]:
                return f"{kind}: oracle {nodes}, engine {have[kind]}"
        elif nodes != set(have[kind]):
            return f"{kind}: oracle {sorted(nodes)}, engine {sorted(have[kind])}"
    return None


def first_difference(want: Any, have: Any, path: str = "") -> str | None:
    if path == ".findings" and isinstance(want, dict):
        return _findings_difference(want, have)
    if isinstance(want, dict) and isinstance(have, dict):
        for key in {**want, **have}:
            if key not in want or key not in have:
                return f"{path}.{key}: oracle {want.get(key)}, engine {have.get(key)}"
            found = first_difference(want[key], have[key], f"{path}.{key}")
            if found:
                return found
        return None
    return None if want == have else f"{path}: oracle {want!r}, engine {have!r}"


def _findings_difference(want: dict[str, set[str]], have: dict[str, set[str]]) -> str | None:
    """The same codes, the engine naming at least the oracle's things."""
    for code in sorted({*want, *have}):
        missing = want.get(code, set()) - have.get(code, set())
        if missing or (code in have and code not in want):
            return f".findings {code}: oracle {want.get(code)}, engine {have.get(code)}"
    return None


def shrunk(events: list[Event], fails: Callable[[list[Event]], bool]) -> list[Event]:
    """Leave out ever smaller stretches of events while the difference stays."""
    size = max(1, len(events) // 2)
    while True:
        smaller = next(
            (
                rest
                for start in range(0, len(events), size)
                if fails(rest := events[:start] + events[start + size :])
            ),
            None,
        )
        if smaller is not None:
            events = smaller
        elif size == 1:
            return events
        else:
            size //= 2


def told(events: Iterable[Event]) -> str:
    lines = []
    for e in events:
        fact = msgspec.json.encode(e.fact).decode()
        sequence = "" if e.source_sequence is None else f"#{e.source_sequence}"
        lines.append(
            f"  {(e.occurred_at - 1_772_438_400_000) / 60_000:g}min {e.source}{sequence} {e.event_id}"
            f" r{e.recorded_at} {e.type} {fact}"
        )
    return "\n".join(lines)
