from __future__ import annotations

import gzip
from collections import Counter
from time import process_time

import pytest

from connectors.stdf import client, mapping
from tests.connectors.files import dropped, options, shared_file
from twin.events.quality import TestResultsRecorded
from twin.vocabulary.instants import written

pytestmark = pytest.mark.shared


def lot2() -> TestResultsRecorded:
    return recorded(shared_file("stdf", "lot2.stdf.gz").data)


def recorded(data: bytes) -> TestResultsRecorded:
    fact = mapping.read(dropped(data), options())[-1].fact
    assert isinstance(fact, TestResultsRecorded)
    return fact


def test_lot2_names_its_run() -> None:
    events = mapping.read(shared_file("stdf", "lot2.stdf.gz"), options())
    assert [(event.type, written(event.occurred_at)) for event in events] == [
        ("SubstrateRegistered", "2001-06-05T20:50:22.000Z"),
        ("TestResultsRecorded", "2001-06-05T22:10:08.000Z"),
    ]
    fact = lot2()
    assert (fact.lot_id, fact.substrate_id, fact.program, fact.program_revision) == (
        "GAL-LOT",
        "GAL-LOT-02",
        "mobile-05",
        "16",
    )
    assert (fact.operation, fact.equipment_id, fact.complete) == ("PROBE", "galaxy-t", True)
    assert fact.test_run_id == "GAL-LOT/02/GAL-LOT-02/2001-06-05T20:50:22.000Z"


def test_lot2_has_the_touchdowns_dies_and_bins_of_the_ground_truth() -> None:
    results = lot2().results
    dies = Counter((result.x, result.y) for result in results)
    assert (len(results), len(dies), Counter(dies.values())) == (1569, 1456, {1: 1343, 2: 113})
    assert Counter(result.hard_bin for result in results) == {
        1: 1389, 2: 41, 4: 6, 5: 20, 7: 6, 8: 79, 10: 10, 15: 1, 17: 1, 20: 16,
    }  # fmt: skip
    assert all(result.hard_bin == result.soft_bin for result in results)
    assert {result.x for result in results} == set(range(4, 46))
    assert {result.y for result in results} == set(range(-45, -2))


def test_lot2_has_the_three_yields_of_the_ground_truth() -> None:
    results = lot2().results
    first = {(r.x, r.y): r.passed for r in results if r.attempt == 1}
    last = {(r.x, r.y): r.passed for r in results}
    touchdown = sum(r.passed for r in results) / len(results)
    assert (round(100 * touchdown, 2), sum(first.values()), sum(last.values())) == (88.53, 1343, 1389)
    assert (round(134300 / len(first), 2), round(138900 / len(last), 2)) == (92.24, 95.40)
    assert Counter((first[die], last[die]) for die in last if first[die] != last[die]) == {(False, True): 46}


def test_lot2_has_all_its_records() -> None:
    data = client.unpacked(shared_file("stdf", "lot2.stdf.gz").data).data
    reader = client.RecordReader(data)
    kinds = Counter(kind for kind, _ in reader.records(frozenset(range(0x10000))))
    assert (len(data), kinds.total(), kinds[0x0F0A], kinds[0x0514], reader.cut) == (
        4418001,
        58020,
        52403,
        1569,
        False,
    )


def test_lot2_is_read_within_a_second_of_work() -> None:
    started = process_time()
    lot2()
    assert process_time() - started < 1.0


def test_lot2_cut_at_a_hundred_places_is_incomplete() -> None:
    whole = shared_file("stdf", "lot2.stdf.gz").data
    plain = gzip.decompress(whole)
    for end in range(1000, len(plain), len(plain) // 50):
        assert not recorded(plain[:end]).complete
    for end in range(1000, len(whole), len(whole) // 50):
        assert not recorded(whole[:end]).complete
