from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TypeAlias, TypeVar

import pytest

from connectors.wafer_map import e142
from tests.connectors.files import SHARED, dropped, options
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.substrate import DiesTransferred, SubstrateMapped, SubstrateRegistered, UnitsIdentified
from twin.vocabulary.instants import written
from twin.vocabulary.states import BinQuality, SubstrateKind

Strips: TypeAlias = list[list[Event]]
F = TypeVar("F", bound=Fact)

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def strips() -> Strips:
    files = sorted((SHARED / "e142").glob("*.xml")) if SHARED.exists() else []
    if not files:
        pytest.skip("../shared/data/e142 is not here")
    return [e142.read(dropped(file.read_bytes(), file.name), options(utc_offset="+00:00")) for file in files]


def of(strips: Strips, kind: type[F]) -> list[F]:
    return [event.fact for event in chain.from_iterable(strips) if isinstance(event.fact, kind)]


def test_twelve_strips_and_one_wafer_are_known(strips: Strips) -> None:
    kinds = {fact.substrate_id: fact.kind for fact in of(strips, SubstrateRegistered)}
    assert Counter(kinds.values()) == {SubstrateKind.STRIP: 12, SubstrateKind.WAFER: 1}
    assert kinds["VC339684.05"] is SubstrateKind.WAFER
    assert {fact.lot_id for fact in of(strips, DiesTransferred)} == {"VC339684G09"}


def test_every_transfer_row_and_its_conflicts_are_kept(strips: Strips) -> None:
    rows = [
        (row[:3], (fact.to_substrate_id, *row[3:]))
        for fact in of(strips, DiesTransferred)
        for row in fact.transfers
    ]
    dies = Counter(die for die, _ in rows)
    sites = Counter(site for _, site in rows)
    assert (len(rows), len(dies), len(sites)) == (384, 383, 378)
    assert [die for die, count in dies.items() if count > 1] == [("VC339684.05", 4, 51)]
    assert sorted(site for die, site in rows if die[1:] == (4, 51)) == [
        ("3138096885", 14, 0),
        ("3138096886", 0, 1),
    ]
    assert sorted(site for site, count in sites.items() if count > 1) == [
        ("3138096869", x, y) for x in (13, 14, 15) for y in (0, 1)
    ]


def test_six_sites_are_empty_although_the_map_calls_them_good(strips: Strips) -> None:
    filled = {
        (fact.to_substrate_id, *row[3:]) for fact in of(strips, DiesTransferred) for row in fact.transfers
    }
    maps = of(strips, SubstrateMapped)
    sites = {(fact.substrate_id, x, y) for fact in maps for x in range(16) for y in range(2)}
    assert {(fact.columns, fact.rows, fact.null_bin, fact.bins) for fact in maps} == {
        (16, 2, 65535, b"\x01\x00" * 32)
    }
    assert {d.bin: d.quality for d in maps[0].bin_definitions} == {1: BinQuality.PASS, 0: BinQuality.UNKNOWN}
    assert sorted(sites - filled) == [
        ("3138096869", x, y) for x, y in [(8, 0), (10, 1), (11, 0), (11, 1), (12, 0), (12, 1)]
    ]


def test_every_unit_is_named_once_with_its_mark(strips: Strips) -> None:
    units = [unit for fact in of(strips, UnitsIdentified) for unit in fact.units]
    assert len({unit.unit_id for unit in units}) == 384
    assert {unit.mark for unit in units} == {f"{unit.unit_id}:263-7HM-DF-LR:MKZ" for unit in units}


def test_the_stamp_inside_each_file_dates_it(strips: Strips) -> None:
    assert written(strips[0][0].occurred_at) == "2023-12-22T03:02:52.520Z"
    assert written(strips[9][0].occurred_at) == "2023-12-22T03:07:56.520Z"
