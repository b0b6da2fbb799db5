"""The staff schema, built once: every field guarded, every type described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import strawberry
from graphql import GraphQLError, lexicographic_sort_schema, print_schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.execution import ExecutionContext

from schema.execution import RowExecutor
from schema.mutation import Mutation
from schema.policies import UnguardedField, policy_of
from schema.problems import Problems
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

GOLDEN: Final = Path(__file__).with_name("schema.graphql")
"""The served schema as text, held in step by a test."""


class StaffSchema(strawberry.Schema):
    """The schema for people inside the factory."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: Problems has logged what was unexpected, and a client's mistake is no event."""


def build_schema(*extensions: type[SchemaExtension]) -> StaffSchema:
    """The staff schema; ``extensions`` are those of the transport, such as limits.

    Raises:
        UnguardedField: a field does not say who may ask for it.
    """
    schema = StaffSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=[*extensions, Problems],
        execution_context_class=RowExecutor,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    unguarded = sorted(unguarded_fields(schema))
    if unguarded:
        raise UnguardedField(f"fields without a policy: {', '.join(unguarded)}")
    return schema


def sdl(schema: strawberry.Schema) -> str:
    """The schema as sorted text."""
    return print_schema(lexicographic_sort_schema(schema._schema)) + "\n"  # noqa: SLF001


def unguarded_fields(schema: strawberry.Schema) -> Iterator[str]:
    """The fields that do not say who may ask for them, as Type.field."""
    for name, concrete in schema.schema_converter.type_map.items():
        definition: Any = concrete.definition
        if not isinstance(definition, StrawberryObjectDefinition) or definition.is_input:
            continue
        for field in definition.fields:
            if policy_of(field.metadata, definition.origin) is None:
                yield f"{name}.{field.python_name}"
