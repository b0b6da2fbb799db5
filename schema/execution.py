"""Rows answered without ceremony: a field that its record carries is read and written out at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

from graphql import (
    ExecutionResult,
    ExperimentalIncrementalExecutionResults,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    Undefined,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField

from schema.fields import CARRIES

Answer: TypeAlias = dict[str, Any] | Awaitable[dict[str, Any]]
Asked: TypeAlias = dict[str, Any]
"""The fields asked of an object, by the names that the answer gives them."""

_DECLARED: Final = "strawberry-definition"
_MISSING: Final = object()


def _too_late(_: object) -> NoReturn:
    raise RuntimeError("the answer is finished")


_NO_MORE: Final = GraphQLResolveInfoHelpers(gather=_too_late, track=_too_late)
"""In place of helpers that know the execution they belong to, once it is over."""


class Plain(NamedTuple):
    """A field of one value that a record carries: its names, how it is written, whether it may be null.

    ``parts``: it is an object instead, of which nothing is asked but what the record carries as well.
    """

    name: str
    attribute: str
    written: Callable[[Any], Any]
    is_nullable: bool
    parts: tuple[Plain, ...] = ()


class Plan(NamedTuple):
    """What is asked of all objects at one place of a question; ``asked`` keeps its key alive."""

    asked: Asked
    plain: tuple[Plain, ...]
    others: Asked


class RowExecutor(StrawberryGraphQLCoreExecutionContext):
    """Answers plain fields itself; all others, and what is not as declared, are left to graphql-core."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever graphql-core hands over
        super().__init__(*args, **kwargs)
        self._plans: dict[int, Plan] = {}

    def execute_operation(
        self,
        serially: bool | None = None,  # noqa: FBT001 - as graphql-core has it
    ) -> Awaitable[Any] | Any:  # noqa: ANN401
        """The whole answer; what is learnt for one event of a subscription does not pile up for the next."""
        self._plans, self._relevant_sub_fields = {}, {}
        return super().execute_operation(serially)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,  # noqa: ANN401
        path: Any,  # noqa: ANN401
        grouped_field_set: Asked,
        position_context: Any,  # noqa: ANN401
    ) -> Answer:
        """The fields of one object, in the order in which they were asked."""
        plan = self._plans.get(id(grouped_field_set))
        if plan is None:
            plan = self._plan(parent_type, grouped_field_set)
            self._plans[id(grouped_field_set)] = plan
        told = _told(plan.plain, source_value) if plan.plain else None
        if told is None:
            return super().execute_fields(
                parent_type, source_value, path, grouped_field_set, position_context
            )
        if not plan.others:
            return told
        others = super().execute_fields(parent_type, source_value, path, plan.others, position_context)
        if isawaitable(others):
            return _joined_later(grouped_field_set, told, others)
        return _joined(grouped_field_set, told, others)

    def build_response(
        self, data: dict[str, Any] | None
    ) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        """The answer; what only its making needed goes with it, and need not be searched for as a cycle."""
        response = super().build_response(data)
        if isinstance(response, ExecutionResult):
            self._plans = {}
            self.async_helpers = _NO_MORE
        return response

    def _plan(self, parent_type: GraphQLObjectType, asked: Asked) -> Plan:
        plain: list[Plain] = []
        others: Asked = {}
        for name, details in asked.items():
            node = details[0].node
            field = None if node.arguments else self.schema.get_field(parent_type, node.name.value)
            found = None if field is None or self.middleware_manager else _plain(name, field)
            if found is None and field is not None and not self.middleware_manager and len(details) == 1:
                found = self._carried(name, field, node)
            if found is None:
                others[name] = details
            else:
                plain.append(found)
        return Plan(asked, tuple(plain), others)

    def _carried(self, name: str, field: GraphQLField, node: FieldNode) -> Plain | None:
        """An object of which only that is asked what the record beside it carries, too."""
        declared, inner = field.extensions.get(_DECLARED), get_nullable_type(field.type)
        carried = declared.metadata.get(CARRIES) if isinstance(declared, StrawberryField) else None
        if not carried or field.args or node.selection_set is None or not is_object_type(inner):
            return None
        parts: list[Plain] = []
        for asked in node.selection_set.selections:
            if not isinstance(asked, FieldNode) or asked.arguments or asked.directives:
                return None
            part = self.schema.get_field(inner, asked.name.value)
            found = None if part is None else _plain((asked.alias or asked.name).value, part)
            if found is None or found.attribute not in carried:
                return None
            parts.append(found)
        return Plain(name, "", str, is_nullable=False, parts=tuple(parts))


def _plain(name: str, field: GraphQLField) -> Plain | None:
    """A field of one value that anybody who may see its record may see, without a resolver of its own."""
    declared = field.extensions.get(_DECLARED)
    inner: Any = get_nullable_type(field.type)
    if not getattr(field.resolve, "_is_default", False) or not isinstance(declared, StrawberryField):
        return None
    if not declared.is_basic_field:  # a policy of its own: its gate is asked by its resolver
        return None
    if not is_leaf_type(inner) or field.args:
        return None
    return Plain(name, declared.python_name, inner.coerce_output_value, not is_non_null_type(field.type))


def _told(plain: tuple[Plain, ...], source: object) -> dict[str, Any] | None:
    """What a record carries under these names; None when anything of it is not as declared."""
    told: dict[str, Any] = {}
    try:
        for name, attribute, written, is_nullable, parts in plain:
            if parts:
                inner = _told(parts, source)
                if inner is None:
                    return None
                told[name] = inner
                continue
            value = getattr(source, attribute, _MISSING)
            if value is None and is_nullable:
                told[name] = None
                continue
            if (
                value is None
                or value is _MISSING
                or isinstance(value, Exception)
                or hasattr(value, "__await__")
            ):
                return None
            shown = written(value)
            if shown is None or shown is Undefined:
                return None
            told[name] = shown
    except Exception:  # noqa: BLE001 - said again, and told to the client, by graphql-core
        return None
    return told


def _joined(asked: Asked, told: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """In the order of the question; what is left out there is left out here."""
    found = told | others
    return {name: found[name] for name in asked if name in found}


async def _joined_later(
    asked: Asked, told: dict[str, Any], others: Awaitable[dict[str, Any]]
) -> dict[str, Any]:
    return _joined(asked, told, await others)
