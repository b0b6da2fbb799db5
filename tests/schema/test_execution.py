from __future__ import annotations

import gc
import weakref
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, execute, parse, subscribe
from graphql.execution.collect_fields import FieldDetails

from schema.execution import Plan, RowExecutor
from schema.fields import resolved_by, told
from twin.vocabulary.roles import Role


@strawberry.enum
class Colour(Enum):
    RED = "RED"


@strawberry.type
class Part:
    name: str
    weight: int | None


@strawberry.type
class Row:
    number: int
    colour: Colour | None
    weight: float | None
    later: int

    @strawberry.field
    def part(self) -> Part:
        return Part(name=f"part of {self.number}", weight=None)

    @strawberry.field
    async def parts(self, first: int = 1) -> list[Part]:
        return [Part(name=str(each), weight=each) for each in range(first)]


@dataclass
class Told:
    """A row as its record tells it, whatever that holds."""

    number: Any = 1
    colour: Any = None
    weight: Any = None
    later: Any = 0


async def _soon() -> int:
    return 7


@strawberry.type
class Query:
    @strawberry.field
    def rows(self, info: strawberry.Info) -> list[Row | None]:
        return info.context


PLAIN = strawberry.Schema(query=Query)._schema
QUICK = strawberry.Schema(query=Query, execution_context_class=RowExecutor)


async def answered(document: str, rows: list[Any], *, quick: bool) -> tuple[str, list[Any]]:
    result = execute(
        QUICK._schema if quick else PLAIN,
        parse(document),
        context_value=rows,
        executor_class=QUICK.execution_context_class if quick else None,
    )
    told = await result if isinstance(result, Awaitable) else result
    assert isinstance(told, ExecutionResult)
    return repr(told.data), [error.formatted for error in told.errors or ()]


DOCUMENTS = [
    "{ rows { number colour weight later } }",
    "{ rows { first: number part { weight name } number } }",
    "{ rows { weight parts(first: 2) { name } part { name } last: colour __typename } }",
    "{ rows { ...Own later } } fragment Own on Row { number colour @skip(if: true) weight }",
    "{ rows { number nobody } }",
]


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_rows_are_answered_in_the_order_asked_as_graphql_core_does(document: str) -> None:
    rows = [
        Row(number=1, colour=Colour.RED, weight=1, later=2),
        Row(number=2, colour=None, weight=2.5, later=3),
    ]
    want = await answered(document, rows, quick=False)
    assert await answered(document, rows, quick=True) == want


@pytest.mark.parametrize(
    "odd",
    [
        Told(number=None),
        Told(number="many"),
        Told(number=ValueError("no number")),
        Told(number=2**40),
        Told(colour="BLUE"),
        Told(weight=float("nan")),
        None,
    ],
    ids=repr,
)
async def test_what_is_not_as_declared_is_told_as_graphql_core_does(odd: Told | None) -> None:
    document = "{ rows { weight number part { name } colour } }"
    rows = [Row(number=1, colour=None, weight=None, later=2), odd]
    want = await answered(document, rows, quick=False)
    assert await answered(document, rows, quick=True) == want


async def test_a_value_that_comes_later_is_waited_for() -> None:
    document = "{ rows { number later } }"
    found, errors = await answered(document, [Told(later=_soon())], quick=True)
    assert (found, errors) == ("{'rows': [{'number': 1, 'later': 7}]}", [])


async def test_a_record_without_the_field_is_an_error_there() -> None:
    want = await answered("{ rows { number } }", [Part(name="a", weight=1)], quick=False)
    assert await answered("{ rows { number } }", [Part(name="a", weight=1)], quick=True) == want


ASKED: list[str] = []


def _maker(root: Any) -> Maker:
    ASKED.append(root.maker_id)
    return Maker(maker_id=root.maker_id, name="asked")


@strawberry.type
class Maker:
    maker_id: str
    name: str


@strawberry.type
class Made:
    maker_id: strawberry.Private[str]
    maker: Maker = resolved_by(_maker, carries=frozenset({"maker_id"}))


@strawberry.type
class Makers:
    @strawberry.field
    def rows(self) -> list[Made]:
        return [Made(maker_id="A"), Made(maker_id="B")]


MAKERS = strawberry.Schema(query=Makers, execution_context_class=RowExecutor)

MAKER_DOCUMENTS = {
    "{ rows { maker { makerId } } }": [],
    "{ rows { of: maker { id: makerId makerId } } }": [],
    "{ rows { maker { makerId name } } }": ["A", "B"],
    "{ rows { maker { makerId @include(if: true) } } }": ["A", "B"],
    "{ rows { maker { makerId __typename } } }": ["A", "B"],
    "{ rows { maker { makerId } maker { name } } }": ["A", "B"],
    "{ rows { maker { ...Own } } } fragment Own on Maker { makerId }": ["A", "B"],
}


@pytest.mark.parametrize("document", MAKER_DOCUMENTS)
async def test_of_an_object_what_its_row_carries_is_told_without_asking_for_it(document: str) -> None:
    want = execute(MAKERS._schema, parse(document))
    ASKED.clear()
    found = execute(MAKERS._schema, parse(document), executor_class=MAKERS.execution_context_class)
    assert isinstance(want, ExecutionResult)
    assert isinstance(found, ExecutionResult)
    assert (repr(found.data), found.errors) == (repr(want.data), want.errors)
    assert MAKER_DOCUMENTS[document] == ASKED


async def test_an_execution_goes_with_its_answer_and_not_when_memory_is_searched() -> None:
    made: list[weakref.ref[RowExecutor]] = []

    class Watched(RowExecutor):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(weakref.ref(self))

    document = parse("{ rows { number part { name } parts { name } } }")
    row = Row(number=1, colour=None, weight=None, later=2)
    gc.disable()
    try:
        done = execute(QUICK._schema, document, context_value=[row], executor_class=Watched)
        result = await done if isinstance(done, Awaitable) else done
        assert isinstance(result, ExecutionResult)
        del done
        assert [each() for each in made] == [None]
    finally:
        gc.enable()


@strawberry.type
class Feed:
    @strawberry.subscription
    async def rows(self) -> AsyncGenerator[list[Part], None]:
        while True:
            yield [Part(name="a", weight=1)]


FEED = strawberry.Schema(query=Query, subscription=Feed, execution_context_class=RowExecutor)


def kept(kind: type) -> int:
    gc.collect()
    return sum(type(each) is kind for each in gc.get_objects())


async def test_a_subscription_keeps_nothing_of_the_events_that_it_told() -> None:
    document = parse("subscription { rows { name weight } }")
    found = subscribe(FEED._schema, document, executor_class=FEED.execution_context_class)
    answers = await found if isinstance(found, Awaitable) else found
    assert isinstance(answers, AsyncGenerator)
    counted = []
    async with aclosing(answers):
        for _ in range(3):
            for _ in range(20):
                told = await anext(answers)
            assert told.data == {"rows": [{"name": "a", "weight": 1}]}
            counted.append((kept(Plan), kept(FieldDetails)))
    assert counted == counted[:1] * 3


@strawberry.type
class Guarded:
    name: str = told("Anybody's.")
    by: str | None = told("The people's.", allow=frozenset({Role.ENGINEER}))
    raw: str = told("The bytes.", allow=frozenset({Role.ENGINEER}))


@dataclass
class Guest:
    role: Role


@dataclass
class Visit:
    viewer: Guest


@strawberry.type
class Gates:
    @strawberry.field
    def rows(self) -> list[Guarded | None]:
        return [Guarded(name="a", by="op-1", raw="ff"), Guarded(name="b", by=None, raw="00")]


GATES = strawberry.Schema(query=Gates, execution_context_class=RowExecutor)

GUARDED_DOCUMENTS = [
    "{ rows { name by } }",
    "{ rows { name kind: __typename by again: by } }",
    "{ rows { ...Own ... on Guarded { by } x: by @include(if: true) } } fragment Own on Guarded { raw }",
    "{ rows { name raw } }",
    "{ rows { raw } }",
]


@pytest.mark.parametrize("role", [Role.PLANNER, Role.ENGINEER])
@pytest.mark.parametrize("document", GUARDED_DOCUMENTS)
async def test_a_field_with_a_policy_of_its_own_is_asked_at_its_gate(document: str, role: Role) -> None:
    async def answer(executor: type | None) -> tuple[str, list[Any]]:
        done = execute(
            GATES._schema, parse(document), context_value=Visit(Guest(role)), executor_class=executor
        )
        result = await done if isinstance(done, Awaitable) else done
        assert isinstance(result, ExecutionResult)
        return repr(result.data), [error.formatted for error in result.errors or ()]

    shown, errors = await answer(GATES.execution_context_class)
    assert (shown, errors) == await answer(None)
    assert ("op-1" in shown or "ff" in shown, errors == []) == ((role is Role.ENGINEER),) * 2
