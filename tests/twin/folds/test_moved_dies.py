from __future__ import annotations

from random import Random

import pytest
from msgspec.structs import replace

from twin.events.substrate import DiesTransferred, Transfer
from twin.events.transfers import packed as in_columns
from twin.folds.moved_dies import MovedDies, came, went
from twin.vocabulary.states import SubstrateKind

FARTHEST = 2_147_483_647


def moved(transfers: list[Transfer]) -> DiesTransferred:
    return DiesTransferred(
        to_substrate_id="STRIP",
        to_kind=SubstrateKind.STRIP,
        operation="DIE_BONDING",
        equipment_id="DB-01",
        transfers=tuple(transfers),
    )


def told(facts: list[DiesTransferred]) -> tuple[MovedDies, MovedDies]:
    onto_strip, off_wafer = MovedDies(), MovedDies()
    for fact in facts:
        onto_strip.add(came(fact))
        off_wafer.add(went(fact, "W1"))
    return onto_strip, off_wafer


@pytest.mark.parametrize("sizes", [(0, 1), (1, 3, 0, 40), (60, 2, 400), (5,) * 300])
@pytest.mark.parametrize("seed", range(5))
def test_every_end_is_found_again_however_the_moves_were_told(sizes: tuple[int, ...], seed: int) -> None:
    draw = Random(seed)
    facts = [moved([any_transfer(draw) for _ in range(size)]) for size in sizes]
    sites: dict[tuple[int, int], set[tuple[str, int, int]]] = {}
    dies: dict[tuple[int, int], set[tuple[str, int, int]]] = {}
    for fact in facts:
        for wafer, from_x, from_y, to_x, to_y in fact.transfers:
            sites.setdefault((to_x, to_y), set()).add((wafer, from_x, from_y))
            if wafer == "W1":
                dies.setdefault((from_x, from_y), set()).add(("STRIP", to_x, to_y))
    in_packed_form = [with_columns(fact) for fact in facts]
    for packed, plain in zip((*told(facts), *told(in_packed_form)), (sites, dies) * 2, strict=True):
        assert packed.places() == plain.keys()
        assert packed.torn() == [
            (place, sorted(ends)) for place, ends in sorted(plain.items()) if len(ends) > 1
        ]


def with_columns(fact: DiesTransferred) -> DiesTransferred:
    return replace(fact, transfers=in_columns(fact.transfers))


def any_transfer(draw: Random) -> Transfer:
    wafer, from_x, from_y = draw.choice(["W1", "W1", "W2", "STRIP"]), draw.randint(-9, 9), draw.randint(-9, 9)
    return wafer, from_x, from_y, draw.randint(-9, 9), draw.randint(-9, 9)


def test_the_farthest_places_stay_apart() -> None:
    ends = [(x, y) for x in (-FARTHEST - 1, -1, 0, FARTHEST) for y in (-FARTHEST - 1, -1, 0, FARTHEST)]
    facts = [moved([("W1", *end, *end) for end in ends]), moved([("W1", *end, 0, 0) for end in ends] * 3)]
    onto_strip, off_wafer = told(facts)
    assert onto_strip.places() == off_wafer.places() == set(ends)
    assert onto_strip.torn() == [((0, 0), [("W1", *end) for end in ends])]
    assert [place for place, _ in off_wafer.torn()] == [end for end in ends if end != (0, 0)]


def test_the_same_moves_told_again_take_no_more_room() -> None:
    fact = moved([("W1", x, 0, x, 1) for x in range(100)])
    once, again = told([fact]), told([fact] * 5)
    assert [each.size for each in again] == [each.size for each in once] == [2_400, 2_400]
    assert again[0].torn() == []
