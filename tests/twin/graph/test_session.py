import asyncio
import datetime
import gc
import zoneinfo

import pytest

from twin.errors import GraphUnavailable
from twin.graph.dialect import ARCADEDB, NEO4J, GraphRefused, LostRace, checked
from twin.graph.driver import open_graph
from twin.graph.embedded import GraphAddress
from twin.graph.session import Graph, Transaction

MERGE_LOT = (
    "MERGE (lot:Lot {lot_id: $lot_id}) ON CREATE SET lot.quantity = $quantity RETURN lot.quantity AS quantity"
)
LOTS = "MATCH (lot:Lot) RETURN lot.lot_id AS lot_id, lot.quantity AS quantity ORDER BY lot_id"


async def test_says_which_of_the_two_graphs_it_is(empty_graph: Graph) -> None:
    assert empty_graph.dialect in {ARCADEDB, NEO4J}
    assert await empty_graph.ready() is True


async def test_a_committed_transaction_is_seen_whole(empty_graph: Graph) -> None:
    async with empty_graph.transaction() as tx:
        await tx.write(MERGE_LOT, lot_id="LOT-1", quantity=10)
        await tx.write(MERGE_LOT, lot_id="LOT-2", quantity=20)
        assert len(await tx.read(LOTS)) == 2
    assert await empty_graph.read(LOTS) == [
        {"lot_id": "LOT-1", "quantity": 10},
        {"lot_id": "LOT-2", "quantity": 20},
    ]


async def test_an_exception_in_the_body_takes_every_write_back(empty_graph: Graph) -> None:
    with pytest.raises(KeyError, match="ours"):
        async with empty_graph.transaction() as tx:
            await tx.write(MERGE_LOT, lot_id="LOT-1", quantity=10)
            raise KeyError("ours")
    assert await empty_graph.read(LOTS) == []


async def test_a_refused_row_takes_the_rows_before_it_back(empty_graph: Graph) -> None:
    with pytest.raises(GraphRefused):
        async with empty_graph.transaction() as tx:
            await tx.write(MERGE_LOT, lot_id="LOT-1", quantity=10)
            await tx.write(MERGE_LOT, lot_id="LOT-2", quantity={"not": "a property"})
    assert await empty_graph.read(LOTS) == []


async def test_a_key_delivered_again_makes_nothing_new(empty_graph: Graph) -> None:
    for quantity in (10, 99):
        async with empty_graph.transaction() as tx:
            assert await tx.write(MERGE_LOT, lot_id="LOT-1", quantity=quantity) == [{"quantity": 10}]
    assert await empty_graph.read(LOTS) == [{"lot_id": "LOT-1", "quantity": 10}]


async def test_one_key_from_many_writers_at_once_is_one_node(empty_graph: Graph) -> None:
    async def merge(number: int) -> None:
        await empty_graph.write_with(lambda tx: tx.write(MERGE_LOT, lot_id="LOT-1", quantity=number))

    await asyncio.gather(*(merge(number) for number in range(8)))
    assert await empty_graph.read("MATCH (lot:Lot) RETURN count(lot) AS lots") == [{"lots": 1}]


async def test_creating_a_taken_key_is_refused(empty_graph: Graph) -> None:
    create = "CREATE (lot:Lot {lot_id: $lot_id})"
    await empty_graph.write_with(lambda tx: tx.write(create, lot_id="LOT-1"))
    with pytest.raises(GraphRefused):
        await empty_graph.write_with(lambda tx: tx.write(create, lot_id="LOT-1"))


async def test_counts_up_exactly_under_racing_writers(empty_graph: Graph) -> None:
    await empty_graph.write_with(lambda tx: tx.write(MERGE_LOT, lot_id="LOT-1", quantity=0))
    add = "MATCH (lot:Lot {lot_id: 'LOT-1'}) SET lot.quantity = lot.quantity + 1"
    await asyncio.gather(*(empty_graph.write_with(lambda tx: tx.write(add)) for _ in range(6)))
    assert await empty_graph.read(LOTS) == [{"lot_id": "LOT-1", "quantity": 6}]


async def test_work_that_lost_a_race_runs_again_whole(empty_graph: Graph) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> str:
        tries.append(len(tries))
        await tx.write(MERGE_LOT, lot_id=f"LOT-{len(tries)}", quantity=1)
        if len(tries) < 3:
            raise LostRace("another writer was first")
        return "done"

    assert await empty_graph.write_with(work) == "done"
    assert await empty_graph.read(LOTS) == [{"lot_id": "LOT-3", "quantity": 1}]


@pytest.mark.parametrize(
    "value",
    [
        bytes(range(256)),
        "封膠 \U0001f4a1",
        "a\x00b",
        -(2**63),
        2**62,
        0.1,
        ["a", "b"],
        [],
        True,
        None,
    ],
    ids=["bytes", "unicode", "nul", "smallest", "no limit", "fraction", "list", "empty list", "true", "null"],
)
async def test_a_stored_value_comes_back_as_it_was(empty_graph: Graph, value: object) -> None:
    await empty_graph.write_with(
        lambda tx: tx.write("CREATE (lot:Lot {lot_id: 'LOT-1', data: $value})", value=value)
    )
    assert await empty_graph.read("MATCH (lot:Lot) RETURN lot.data AS value") == [{"value": value}]


async def test_a_node_answers_as_its_properties(empty_graph: Graph) -> None:
    await empty_graph.write_with(lambda tx: tx.write(MERGE_LOT, lot_id="LOT-1", quantity=5))
    lot = {"lot_id": "LOT-1", "quantity": 5}
    assert await empty_graph.read("MATCH (lot:Lot) RETURN lot, [lot] AS lots, {it: lot} AS shaped") == [
        {"lot": lot, "lots": [lot], "shaped": {"it": lot}}
    ]


@pytest.mark.parametrize(
    "value",
    [
        datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("Asia/Taipei")),
        [{"at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}],
        {"span": datetime.timedelta(seconds=1)},
        {"set": {1}},
        (object(),),
    ],
    ids=["zone", "nested time", "span", "set", "object"],
)
def test_a_value_that_a_graph_would_bend_is_refused(value: object) -> None:
    with pytest.raises(GraphRefused):
        checked(value)


@pytest.mark.parametrize("value", [2**64, "\ud800"], ids=["beyond 64 bits", "half a character"])
async def test_a_value_that_cannot_be_sent_is_refused(empty_graph: Graph, value: object) -> None:
    with pytest.raises(GraphRefused):
        await empty_graph.read("RETURN $value AS value", value=value)


@pytest.mark.parametrize(
    "statement", ["NOT CYPHER", "UNWIND [1, 0] AS x RETURN 1 / x AS y", "RETURN $missing AS x"]
)
async def test_a_statement_that_can_never_answer_is_refused(empty_graph: Graph, statement: str) -> None:
    with pytest.raises(GraphRefused) as refusal:
        await empty_graph.read(statement)
    assert refusal.value.code == "graph.refused"


async def test_a_refusal_repeats_nothing_of_the_servers_words(empty_graph: Graph) -> None:
    with pytest.raises(GraphRefused, match=r"^the graph refused a value \(SyntaxError\)$"):
        await empty_graph.read("NOT CYPHER 'secret'")


async def test_counts_the_statements_it_sent(empty_graph: Graph) -> None:
    before = empty_graph.statements
    await empty_graph.read("RETURN 1 AS one")
    await empty_graph.read("RETURN 2 AS two")
    assert empty_graph.statements - before == 2


async def test_many_questions_at_once_each_get_their_own_answer(empty_graph: Graph) -> None:
    answers = await asyncio.gather(*(empty_graph.read("RETURN $n AS n", n=n) for n in range(100)))
    assert answers == [[{"n": n}] for n in range(100)]


async def test_nobody_at_the_address_is_unavailable() -> None:
    with pytest.raises(GraphUnavailable):
        await open_graph("bolt://127.0.0.1:1", None, None, None)


async def test_a_wrong_password_is_unavailable(graph_address: GraphAddress) -> None:
    if graph_address.user is None:
        pytest.skip("this graph asks for no password")
    with pytest.raises(GraphUnavailable, match=r"^the graph did not answer$"):
        await open_graph(graph_address.url, "root", "wrong", None)


async def test_an_address_of_another_protocol_is_refused() -> None:
    with pytest.raises(GraphUnavailable, match="bolt://host:port"):
        await open_graph("http://127.0.0.1:1", None, None, None)


async def test_an_opening_that_is_cancelled_at_any_moment_leaves_nothing_open(
    graph_address: GraphAddress,
) -> None:
    steps, is_open = 0, False
    while not is_open:
        opening = asyncio.create_task(graph_address.open())
        for _ in range(steps):
            await asyncio.sleep(0)
        opening.cancel()
        async with asyncio.timeout(60):
            await asyncio.wait([opening])
        if is_open := not opening.cancelled():
            await opening.result().close()
        steps += 1 + steps // 4
    del opening
    gc.collect()  # what was left open warns now, and a warning fails the test

    assert steps > 20


async def test_values_are_not_written_out_for_the_log_of_the_driver(
    empty_graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{"lot_id": "LOT-1", "quantity": 10}]
    with caplog.at_level("DEBUG", logger="neo4j"):
        async with empty_graph.transaction() as tx:
            await tx.write("UNWIND $rows AS row CREATE (lot:Lot) SET lot = row", rows=rows)
    assert await empty_graph.read(LOTS) == rows
    assert "[1 values]" in caplog.text
    assert "LOT-1" not in caplog.text
