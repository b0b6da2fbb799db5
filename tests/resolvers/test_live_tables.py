from __future__ import annotations

from msgspec.structs import replace

from resolvers.live_tables import Tables
from tests.factory import equipment_registered, equipment_state_changed
from tests.resolvers.following import Line
from twin.events.event import Event
from twin.graph.session import Graph
from twin.stream.client import Stream


def state(number: int) -> Event:
    return equipment_state_changed(equipment_id="DB-01", state="PRODUCTIVE", reason_code=str(number))


async def test_a_change_that_the_load_has_overtaken_takes_nothing_back(
    empty_graph: Graph, stream: Stream
) -> None:
    line, tables = Line(empty_graph, stream), Tables(empty_graph, Line(empty_graph, stream).feed)
    await line.project(equipment_registered(equipment_id="DB-01"))
    overtaken = await line.project(state(1))
    cursor = await line.feed.publish(overtaken)
    await line.tell(state(2))
    await tables.load()
    await line.project(state(3))

    moment = await tables.apply(replace(overtaken, cursor=cursor), overtaken.events)

    assert moment.machines == ()
    assert tables.machines["DB-01"].reason_code == "2"


async def test_a_change_older_than_what_the_graph_was_asked_takes_nothing_back(
    empty_graph: Graph, stream: Stream
) -> None:
    line, tables = Line(empty_graph, stream), Tables(empty_graph, Line(empty_graph, stream).feed)
    await line.tell(equipment_registered(equipment_id="DB-01"))
    await tables.load()
    changes = [await line.project(state(number)) for number in (1, 2, 3)]
    cursors = [await line.feed.publish(change) for change in changes]
    untold = replace(changes[0], machines=(), cursor=cursors[0])

    asked = await tables.apply(untold, untold.events)
    later = await tables.apply(replace(changes[1], cursor=cursors[1]), changes[1].events)

    assert [touched.now.reason_code for touched in asked.machines] == ["3"]
    assert later.machines == ()
    assert tables.machines["DB-01"].reason_code == "3"


async def test_what_the_graph_told_gives_way_to_what_comes_after_it(
    empty_graph: Graph, stream: Stream
) -> None:
    line, tables = Line(empty_graph, stream), Tables(empty_graph, Line(empty_graph, stream).feed)
    await line.tell(equipment_registered(equipment_id="DB-01"))
    await tables.load()
    first = await line.project(state(1))
    cursor = await line.feed.publish(first)
    await tables.apply(replace(first, machines=(), cursor=cursor), first.events)
    second = await line.project(state(2))

    moment = await tables.apply(replace(second, cursor=await line.feed.publish(second)), second.events)

    assert [touched.now.reason_code for touched in moment.machines] == ["2"]
