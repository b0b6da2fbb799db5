from __future__ import annotations

from array import array

import msgspec
import pytest

from connectors.wafer_map import e142
from tests.connectors.files import SHARED, dropped, options
from twin.events.event import Event
from twin.events.naming import named
from twin.events.substrate import BinDefinition
from twin.folds.strip_map import Sheet, empty_good_sites, map_suspicions, unexplained_bins
from twin.folds.substrate import SubstrateFold
from twin.folds.suspicion import Suspicion
from twin.vocabulary.states import BinQuality

LEGEND = msgspec.json.encode(
    (BinDefinition(bin=1, quality=BinQuality.PASS), BinDefinition(bin=7, quality=BinQuality.UNKNOWN))
).decode()


def sheet(*codes: int, columns: int = 2) -> Sheet:
    return Sheet(array("H", codes).tobytes(), columns, 10, -1, LEGEND)


def test_a_good_site_without_a_die_is_named_in_the_frame_of_the_map() -> None:
    assert empty_good_sites(sheet(1, 1, 2, 1), {(10, -1)}) == [(11, -1), (11, 0)]


def test_a_bin_of_unknown_quality_counts_only_where_it_occurs() -> None:
    assert unexplained_bins(sheet(1, 1)) == []
    assert unexplained_bins(sheet(1, 7)) == [7]


def test_a_map_to_which_no_die_came_has_no_empty_sites() -> None:
    assert list(map_suspicions("S1", sheet(1, 1), {})) == []


def test_a_long_list_of_empty_sites_is_cut_in_words_only() -> None:
    (found,) = map_suspicions("S1", sheet(*[1] * 100, columns=100), {(10, -1)})
    assert found.message.startswith(
        "99 sites of S1 hold no die although the map calls them good: (11,-1) (12,-1)"
    )
    assert found.message.endswith("(60,-1) and 49 more.")


@pytest.mark.shared
def test_the_twelve_strips_give_their_genuine_conflicts_and_no_others() -> None:
    files = sorted((SHARED / "e142").glob("*.xml")) if SHARED.exists() else []
    if not files:
        pytest.skip("../shared/data/e142 is not here")
    events = [event for file in files for event in e142.read(dropped(file.read_bytes()), options())]
    found = {(one.code, one.about): one for one in suspicions(events)}
    assert sorted(found) == [
        ("die.used_twice", "VC339684.05@4,51"),
        ("site.no_die", "3138096869"),
        *(("site.two_dies", f"3138096869@{x},{y}") for x in (13, 14, 15) for y in (0, 1)),
    ]
    assert found["die.used_twice", "VC339684.05@4,51"].message == (
        "Die (4,51) of VC339684.05 went to 2 sites: 3138096885@14,0, 3138096886@0,1."
    )
    assert found["site.no_die", "3138096869"].message == (
        "6 sites of 3138096869 hold no die although the map calls them good:"
        " (8,0) (10,1) (11,0) (11,1) (12,0) (12,1)."
    )


def suspicions(events: list[Event]) -> list[Suspicion]:
    folds: dict[str, SubstrateFold] = {}
    for event in sorted(events, key=lambda event: event.order):
        for label, key in named(event.fact):
            if label == "Substrate":
                folds.setdefault(key, SubstrateFold(key=key)).absorb(event)
    return [one for fold in folds.values() for one in fold.suspicions()]
