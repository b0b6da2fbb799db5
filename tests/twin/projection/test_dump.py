from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.projection.arrivals import arrivals, projector
from tests.twin.projection.hard_day import a_hard_day
from twin.graph.session import Graph
from twin.projection import dump as dumping
from twin.projection.canonical import canonical
from twin.projection.dump import Dump, dumped
from twin.projection.pages import PAGE
from twin.projection.ties import TIES
from twin.vocabulary.graph import NODE_KEYS

OF_THE_WRITER = {"Lease", "ShardPosition", "Skipped"}


def lines(dump: Dump) -> list[str]:
    return dump.beyond(Dump(dump._folder.with_name("none")), 100_000)


def test_every_label_is_read() -> None:
    assert set(PAGE) == set(TIES) == set(NODE_KEYS) - OF_THE_WRITER
    assert [label for label in PAGE if f"thing.{NODE_KEYS[label]} >" not in PAGE[label]] == []


async def test_a_dump_in_pieces_of_any_size_is_the_canonical_text(
    empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_hard_day()
    writer = projector(empty_graph)
    for place in range(0, len(day), 12):
        await writer.apply(arrivals(day[place : place + 12], place + 1))
    whole = await canonical(empty_graph)
    one = await dumped(empty_graph, tmp_path / "one")
    assert (one.is_whole, lines(one)) == (True, whole.splitlines())

    monkeypatch.setattr(dumping, "_ROWS", 7)
    monkeypatch.setattr(dumping, "_KEYS", 2)
    two = await dumped(empty_graph, tmp_path / "two")
    assert (two.is_whole, two.digest()) == (True, one.digest())
    assert two.beyond(one, 10) == one.beyond(two, 10) == []


def test_the_digest_is_blind_to_the_order_and_sees_every_line(tmp_path: Path) -> None:
    some = [f"line {number}" for number in range(5_000)]
    dumps = []
    for number, told in enumerate((some, some[::-1], some[:-1], [*some, some[0]])):
        dumps.append(Dump(tmp_path / str(number)))
        dumps[-1].add(told)
        dumps[-1].flush()
    first, turned, shorter, doubled = (dump.digest() for dump in dumps)
    assert first == turned
    assert len({first, shorter, doubled}) == 3
    assert dumps[0].beyond(dumps[2], 5) == ["line 4999"]
