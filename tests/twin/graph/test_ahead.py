import gc

import pytest

from twin.errors import GraphUnavailable
from twin.graph.dialect import GraphRefused
from twin.graph.session import Graph

MERGE_LOT = (
    "MERGE (lot:Lot {lot_id: $lot_id}) ON CREATE SET lot.quantity = $quantity RETURN lot.quantity AS quantity"
)
LOTS = "MATCH (lot:Lot) RETURN lot.lot_id AS lot_id, lot.quantity AS quantity ORDER BY lot_id"


async def test_what_was_sent_is_there_for_the_next_question_of_the_transaction(empty_graph: Graph) -> None:
    async with empty_graph.transaction() as tx:
        await tx.send(MERGE_LOT, lot_id="LOT-1", quantity=1)
        await tx.send("MATCH (lot:Lot {lot_id: 'LOT-1'}) SET lot.quantity = lot.quantity + 1")
        assert await tx.read(LOTS) == [{"lot_id": "LOT-1", "quantity": 2}]


async def test_what_was_sent_last_is_committed_too(empty_graph: Graph) -> None:
    async with empty_graph.transaction() as tx:
        await tx.send(MERGE_LOT, lot_id="LOT-1", quantity=1)
    assert await empty_graph.read(LOTS) == [{"lot_id": "LOT-1", "quantity": 1}]


@pytest.mark.parametrize("after", ["nothing", "send", "write", "read"])
async def test_a_refusal_of_what_was_sent_takes_the_transaction_back(empty_graph: Graph, after: str) -> None:
    with pytest.raises(GraphRefused) as refusal:
        async with empty_graph.transaction() as tx:
            await tx.write(MERGE_LOT, lot_id="LOT-1", quantity=1)
            await tx.send("MATCH (lot:Lot) SET lot.quantity = toInteger($quantity) / 0", quantity=1)
            if after != "nothing":
                await {"send": tx.send, "write": tx.write, "read": tx.read}[after](LOTS)
    assert type(refusal.value) is GraphRefused
    assert await empty_graph.read(LOTS) == []


async def test_a_failing_body_takes_back_what_was_sent_and_the_next_one_works(
    empty_graph: Graph,
) -> None:
    with pytest.raises(ValueError, match="broken"):
        async with empty_graph.transaction() as tx:
            await tx.send(MERGE_LOT, lot_id="LOT-1", quantity=1)
            raise ValueError("broken")
    assert await empty_graph.read(LOTS) == []
    await empty_graph.write_with(lambda tx: tx.write(MERGE_LOT, lot_id="LOT-2", quantity=2))
    assert await empty_graph.read(LOTS) == [{"lot_id": "LOT-2", "quantity": 2}]


async def test_a_transaction_out_of_time_gives_up_what_was_sent(empty_graph: Graph) -> None:
    hasty = Graph(
        empty_graph._driver,
        database=empty_graph._database,
        dialect=empty_graph.dialect,
        write_within=0.2,
    )
    with pytest.raises(GraphUnavailable):
        async with hasty.transaction() as tx:
            await tx.write(MERGE_LOT, lot_id="LOT-1", quantity=1)
            await tx.send("UNWIND range(1, 3000) AS a UNWIND range(1, 3000) AS b RETURN sum(a * b) AS s")
    assert await empty_graph.read(LOTS) == []


async def test_a_statement_that_fails_while_another_failure_ends_the_work_is_not_left_unheard(
    empty_graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(KeyError, match="ours"):
        async with empty_graph.transaction() as tx:
            await tx.send(
                "UNWIND $rows AS row CREATE (lot:Lot) SET lot.quantity = row", rows=[{"no": "value"}]
            )
            raise KeyError("ours")
    del tx
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_statements_behind_a_refused_one_are_ignored_and_the_next_transaction_works(
    empty_graph: Graph,
) -> None:
    with pytest.raises(GraphRefused):
        async with empty_graph.transaction() as tx:
            await tx.send(
                "UNWIND $rows AS row CREATE (lot:Lot) SET lot.quantity = row", rows=[{"no": "value"}]
            )
            for number in range(300):
                await tx.send(MERGE_LOT, lot_id=f"LOT-{number}", quantity=1)
    assert await empty_graph.read(LOTS) == []
    async with empty_graph.transaction() as tx:
        await tx.send(MERGE_LOT, lot_id="LOT-1", quantity=1)
    assert await empty_graph.read(LOTS) == [{"lot_id": "LOT-1", "quantity": 1}]


async def test_nothing_is_sent_on_the_line_of_a_transaction_that_failed(empty_graph: Graph) -> None:
    with pytest.raises(GraphUnavailable):
        async with empty_graph.transaction() as tx:
            with pytest.raises(GraphRefused):
                await tx.read("MATCH (lot:Lot) RETURN toInteger($quantity) / ", quantity=1)
            await tx.send(MERGE_LOT, lot_id="LOT-1", quantity=1)
    assert await empty_graph.read(LOTS) == []


async def test_large_messages_leave_while_the_graph_works_and_all_arrive(empty_graph: Graph) -> None:
    text = "x" * 2_000
    async with empty_graph.transaction() as tx:
        for start in range(0, 4_000, 1_000):
            rows = [{"lot_id": f"LOT-{number:04d}", "text": text} for number in range(start, start + 1_000)]
            await tx.send("UNWIND $rows AS row CREATE (lot:Lot) SET lot = row", rows=rows)
        assert await tx.read("MATCH (lot:Lot) RETURN count(lot) AS lots") == [{"lots": 4_000}]
    counted = await empty_graph.read(
        "MATCH (lot:Lot) WHERE lot.text = $text RETURN count(lot) AS lots", text=text
    )
    assert counted == [{"lots": 4_000}]
