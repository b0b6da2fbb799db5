from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from tests.factory import BUILDERS, lot_tracked_in
from twin.events.codec import content_hash, decode, encode, fact_json, hash_and_fact, stored
from twin.events.event import Event
from twin.events.registry import FACTS
from twin.events.rejection import Rejected
from twin.vocabulary.instants import Instant

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=OFFSETS)  # noqa: DTZ001


def whole(kind: inspect.IntType) -> st.SearchStrategy[int]:
    return st.integers(-100 if kind.ge is None else max(kind.ge, -1000), min(kind.le or 1000, 1000))


def finite(kind: inspect.FloatType) -> st.SearchStrategy[float]:
    return st.floats(kind.ge, kind.le, allow_nan=False).map(lambda number: number + 0.0)


def parts(kind: inspect.StructType) -> st.SearchStrategy[Any]:
    if kind.cls.__name__ == "Content":
        return st.one_of(
            st.builds(kind.cls, lot_id=WORDS, quantity=st.integers(0, 99)),
            st.builds(kind.cls, unit_id=WORDS),
            st.builds(kind.cls, container_id=WORDS),
        )
    if kind.cls.__name__ == "SubstrateMapped":
        return st.just(BUILDERS["SubstrateMapped"]().fact)
    return st.builds(kind.cls, **{field.name: of(field.type) for field in kind.fields})


STRATEGIES: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.BoolType: lambda _: st.booleans(),
    inspect.BytesType: lambda _: st.binary(max_size=8),
    inspect.DateTimeType: lambda _: MOMENTS,
    inspect.DictType: lambda _: st.dictionaries(WORDS, st.booleans() | st.integers() | WORDS, max_size=3),
    inspect.EnumType: lambda kind: st.sampled_from(list(kind.cls)),
    inspect.FloatType: finite,
    inspect.IntType: whole,
    inspect.Metadata: lambda kind: of(kind.type),
    inspect.NoneType: lambda _: st.none(),
    inspect.StrType: lambda _: WORDS,
    inspect.StructType: parts,
    inspect.TupleType: lambda kind: st.tuples(*[of(one) for one in kind.item_types]),
    inspect.UnionType: lambda kind: st.one_of([of(one) for one in kind.types]),
    inspect.VarTupleType: lambda kind: st.lists(of(kind.item_type), max_size=3).map(tuple),
}


def of(kind: inspect.Type) -> st.SearchStrategy[Any]:
    return STRATEGIES[type(kind)](kind)


def events(type_name: str) -> st.SearchStrategy[Event]:
    return st.builds(
        Event,
        event_id=WORDS,
        source=WORDS,
        occurred_at=st.integers(-(10**12), 10**13).map(Instant),
        fact=of(inspect.type_info(FACTS[type_name])),
        source_sequence=st.none() | st.integers(0, 2**63 - 1),
    )


@pytest.mark.parametrize("type_name", FACTS)
def test_every_fact_comes_back_from_the_wire_as_it_went(type_name: str) -> None:
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(events(type_name))
    def there_and_back(event: Event) -> None:
        line = encode(event)
        read = decode(line)
        assert read == event
        assert encode(read) == line
        assert stored(line, 0) == event
        assert repr(stored(line, 0)) == repr(read)
        assert hash_and_fact(line) == (content_hash(event), fact_json(event))
        turned = msgspec.json.decode(line)
        turned["data"] = dict(reversed(turned["data"].items()))
        assert content_hash(decode(msgspec.json.format(msgspec.json.encode(turned)))) == content_hash(event)

    there_and_back()


def read_or_refusal(line: bytes) -> Event | Rejected:
    try:
        return decode(line)
    except Rejected as refused:
        return refused


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.sampled_from(sorted(FACTS)),
    st.integers(0, 10_000),
    st.binary(min_size=1, max_size=4),
    st.integers(0, 4),
)
def test_broken_bytes_are_read_or_rejected_and_nothing_else(
    type_name: str, place: int, noise: bytes, removed: int
) -> None:
    line = encode(BUILDERS[type_name](event_id="e-1"))
    place %= len(line)
    broken = line[:place] + noise + line[place + removed :]
    outcome = read_or_refusal(broken)
    if isinstance(outcome, Rejected):
        assert outcome.code.startswith("event.")
        assert len(outcome.message) < 1000
    else:
        assert decode(encode(outcome)) == outcome


@pytest.mark.parametrize("more", [{}, {"event_id": 'x,"data":{}'}, {"source_sequence": 1}])
def test_the_hash_and_the_fact_of_an_event_are_those_told_one_by_one(more: dict[str, Any]) -> None:
    event = lot_tracked_in(operator_id='"data":', **more)
    assert hash_and_fact(encode(event)) == (content_hash(event), fact_json(event))
