"""Substrates with their maps, the dies that moved, and what was tested on them."""

from __future__ import annotations

import base64
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec

from twin.events.event import Event
from twin.events.quality import TestResultsRecorded
from twin.events.substrate import DiesTransferred
from twin.queries.things import Row
from twin.records.substrate import BinCount, BinDefinition, Die, Substrate, SubstrateMap, Transfer
from twin.records.unit import TestResult
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import SubstrateKind


def substrate_of(row: Row) -> Substrate:
    """The substrate that a node, or a fold of its history, tells."""
    return Substrate(
        substrate_id=row["substrate_id"],
        kind=SubstrateKind(row.get("kind") or SubstrateKind.WAFER),
        lot_id=row.get("lot_id"),
        material_lot_id=row.get("material_lot_id"),
        columns=row.get("columns"),
        rows=row.get("rows"),
        map=_map_of(row),
    )


def _map_of(row: Row) -> SubstrateMap | None:
    if row.get("bins") is None:
        return None
    bins = bytes(row["bins"])
    counts = Counter(struct.unpack(f"<{len(bins) // 2}H", bins))
    legend = msgspec.json.decode(row.get("legend") or "[]")
    return SubstrateMap(
        columns=row["map_columns"],
        rows=row["map_rows"],
        origin=row["origin"],
        axis=row["axis"],
        orientation_deg=round(row["orientation_deg"]),
        first_x=row.get("first_x") or 0,
        first_y=row.get("first_y") or 0,
        null_bin=row["null_bin"],
        bins=base64.b64encode(bins).decode(),
        legend=tuple(BinDefinition(line["bin"], line["quality"], line.get("name")) for line in legend),
        bin_counts=tuple(BinCount(code, counts[code]) for code in sorted(counts)),
        mapped_at=Instant(row["mapped_at"]),
    )


def die_of(substrate: Substrate, x: int, y: int) -> Die | None:
    """The die on a site, with its bin in the latest map; None outside the map or on a site without a die."""
    frame = substrate.map
    if frame is None:
        return Die(substrate.substrate_id, x, y)
    column, row = x - frame.first_x, y - frame.first_y
    if not (0 <= column < frame.columns and 0 <= row < frame.rows):
        return None
    place = 2 * (row * frame.columns + column)
    (code,) = struct.unpack_from("<H", base64.b64decode(frame.bins), place)
    quality = {line.bin: line.quality for line in frame.legend}.get(code)
    return Die(substrate.substrate_id, x, y, code, quality)


def transfers_among(events: Iterable[Event]) -> tuple[Transfer, ...]:
    """The transfers that these events tell, in time order; conflicting where two claim one die or site."""
    moved = list(_moved(events))
    pairs = {((t.from_substrate_id, t.from_x, t.from_y), (t.to_substrate_id, t.x, t.y)) for t in moved}
    dies = Counter(die for die, _ in pairs)
    sites = Counter(site for _, site in pairs)
    return tuple(
        replace(t, conflict=True)
        if dies[t.from_substrate_id, t.from_x, t.from_y] > 1 or sites[t.to_substrate_id, t.x, t.y] > 1
        else t
        for t in moved
    )


def _moved(events: Iterable[Event]) -> Iterator[Transfer]:
    for event in events:
        fact = event.fact
        if isinstance(fact, DiesTransferred):
            for source, from_x, from_y, x, y in fact.transfers:
                yield Transfer(
                    source, from_x, from_y, fact.to_substrate_id, x, y, event.occurred_at, event.event_id
                )


def touchdowns(
    events: Iterable[Event], *, unit_id: str | None = None, site: tuple[str, int, int] | None = None
) -> tuple[TestResult, ...]:
    """The test results of a unit, or of a site (substrate, x, y), in time order."""
    found = list(_tested(events, unit_id, site))
    last: dict[str, int] = {}
    for result in found:
        last[result.operation] = max(result.attempt, last.get(result.operation, 0))
    return tuple(replace(result, final=result.attempt == last[result.operation]) for result in found)


def _tested(
    events: Iterable[Event], unit_id: str | None, site: tuple[str, int, int] | None
) -> Iterator[TestResult]:
    for event in events:
        fact = event.fact
        if not isinstance(fact, TestResultsRecorded):
            continue
        for row in fact.results:
            named = unit_id is not None and row.unit_id == unit_id
            if named or (site is not None and (fact.substrate_id, row.x, row.y) == site):
                yield TestResult(
                    operation=fact.operation,
                    attempt=row.attempt,
                    final=False,
                    passed=row.passed,
                    hard_bin=row.hard_bin,
                    soft_bin=row.soft_bin,
                    at=event.occurred_at,
                    program=fact.program,
                    values=row.values,
                )
