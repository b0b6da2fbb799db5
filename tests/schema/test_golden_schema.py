from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import strawberry
from graphql import GraphQLNamedType, GraphQLSchema, find_breaking_changes
from graphql import build_schema as parsed

from schema.build import GOLDEN, StaffSchema, build_schema, sdl, unguarded_fields
from schema.fields import answers, resolved_by, told
from schema.policies import READERS, only

CORE = Path(__file__).resolve().parents[2].parent / "shared" / "contract" / "core.graphql"
SCHEMA = build_schema()
SERVED: GraphQLSchema = parsed(sdl(SCHEMA))


def named_types() -> Iterator[GraphQLNamedType]:
    own = {"String", "Int", "Float", "Boolean", "ID"}
    return (kind for name, kind in SERVED.type_map.items() if not name.startswith("__") and name not in own)


def test_the_golden_file_is_the_served_schema() -> None:
    assert GOLDEN.read_text(encoding="utf-8") == sdl(SCHEMA)


@pytest.mark.shared
@pytest.mark.skipif(not CORE.is_file(), reason="../shared is not here")
def test_the_served_schema_breaks_nothing_of_the_contract() -> None:
    core = parsed(CORE.read_text(encoding="utf-8"))
    assert find_breaking_changes(core, SERVED) == []


def test_every_type_says_what_it_is() -> None:
    assert [kind.name for kind in named_types() if not kind.description] == []


def test_every_field_says_what_it_is() -> None:
    silent = [
        f"{kind.name}.{name}"
        for kind in named_types()
        for name, field in getattr(kind, "fields", {}).items()
        if not field.description
    ]
    assert silent == []


def find_loose() -> Loose:
    return Loose(secret="")


@strawberry.type
class Loose:
    secret: str = strawberry.field(description="Nobody said who may ask.")


@answers(allow=READERS)
class Careless:
    loose: Loose = resolved_by(find_loose, allow=READERS)
    fine: str = told("Fine.")


def test_a_field_without_a_policy_is_found() -> None:
    assert sorted(unguarded_fields(StaffSchema(query=Careless))) == ["Loose.secret"]


def test_every_root_field_is_gated() -> None:
    roots = [SCHEMA.get_type_by_name(name) for name in ("Query", "Mutation", "Subscription")]
    open_fields = [
        field.python_name
        for root in roots
        for field in getattr(root, "fields", [])
        if not field.permission_classes
    ]
    assert open_fields == []


def test_a_gate_is_made_once_for_the_same_roles() -> None:
    assert only(READERS) is only(frozenset(READERS))
