"""How much one document may ask: measured in one walk that visits each fragment once.

The usual limiters expand fragments, so that a chain of fragments, each spreading the next twice,
costs them time without end. Here a fragment is weighed once and its weight used again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from twin.errors import Refused

UNPAGED: Final = 2
"""How many entries a list without ``first`` is taken to have."""


class OverLimit(Refused):
    """The document asks more than one request may."""

    code = "limit.exceeded"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one operation may weigh; each is refused under the code ``limit.<name>``."""

    tokens: int = 1_000
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    directives_per_field: int = 5
    directives: int = 20
    fields: int = 500
    cost: int = 5_000


class Weight(NamedTuple):
    """What a selection adds up to when its fragments are expanded.

    ``cost`` counts objects; ``paged`` is the cost of one entry of its lists, still to be multiplied
    by the page size that the field above asks for. Introspection has no depth and no cost. A field
    asked again in the same place counts as an alias.
    """

    depth: int = 0
    width: int = 0
    fields: int = 0
    aliases: int = 0
    cost: int = 0
    paged: int = 0

    def beside(self, other: Weight) -> Weight:
        """Both in one selection."""
        return Weight(
            max(self.depth, other.depth),
            self.width + other.width,
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.cost + other.cost,
            self.paged + other.paged,
        )


class Scales:
    """Weighs the operations of one document for one set of variables.

    ``read_variables`` says afterwards whether other variables could give another weight.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any] | None = None
    ) -> None:
        self._schema = schema
        self._variables = variables or {}
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._weighed: dict[str, Weight] = {}
        self._defaults: dict[str, Any] = {}
        self.read_variables = False

    def weigh(self, operation: OperationDefinitionNode) -> Weight:
        """The weight of one operation of the document; unknown names weigh nothing."""
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }
        weight = self._selections(operation.selection_set, self._schema.get_root_type(operation.operation))
        return weight._replace(cost=weight.cost + UNPAGED * weight.paged)

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> Weight:
        total = Weight()
        asked: set[str] = set()
        for selection in selections.selections:
            total = total.beside(self._selection(selection, parent))
            if isinstance(selection, FieldNode):
                asked.add((selection.alias or selection.name).value)
        fields = sum(isinstance(selection, FieldNode) for selection in selections.selections)
        return total._replace(aliases=total.aliases + fields - len(asked))

    def _selection(self, selection: SelectionNode, parent: GraphQLNamedType | None) -> Weight:
        if isinstance(selection, FieldNode):
            return self._field(selection, parent)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            kind = self._schema.get_type(condition.name.value) if condition else parent
            return self._selections(selection.selection_set, kind)
        return Weight()

    def _fragment(self, name: str) -> Weight:
        if name not in self._weighed:
            self._weighed[name] = Weight()  # a fragment inside itself is refused by validation
            fragment = self._fragments.get(name)
            if fragment is not None:
                kind = self._schema.get_type(fragment.type_condition.name.value)
                self._weighed[name] = self._selections(fragment.selection_set, kind)
        return self._weighed[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Weight:
        alias = 1 if node.alias else 0
        name = node.name.value
        if name.startswith("__"):
            inner = self._selections(node.selection_set, None) if node.selection_set else Weight()
            return Weight(0, 1, 1 + inner.fields, alias + inner.aliases)
        field: GraphQLField | None = getattr(parent, "fields", {}).get(name)
        kind = get_named_type(field.type) if field else None
        inner = self._selections(node.selection_set, kind) if node.selection_set else Weight()
        weight = Weight(1 + inner.depth, 1, 1 + inner.fields, alias + inner.aliases)
        if field is None or is_leaf_type(kind):
            return weight
        itself = 0 if _is_value(kind) and not _is_list(field) else 1
        cost = itself + inner.cost + self._page_size(node, field) * inner.paged
        return weight._replace(paged=cost) if _is_list(field) else weight._replace(cost=cost)

    def _page_size(self, node: FieldNode, field: GraphQLField) -> int:
        argument = field.args.get("first")
        if argument is None:
            return UNPAGED
        for given in node.arguments or ():
            if given.name.value == "first":
                return self._size_given(given.value, argument)
        return _size(argument.default_value)

    def _size_given(self, value: object, argument: GraphQLArgument) -> int:
        if isinstance(value, VariableNode):
            self.read_variables = True
            name = value.name.value
            if name in self._variables:
                return _size(self._variables[name])
            return self._size_given(self._defaults.get(name), argument)
        return _size(int(value.value) if isinstance(value, IntValueNode) else argument.default_value)


DEFAULT_PAGE: Final = 50
LARGEST_COUNTED: Final = 1_000_000


def _size(value: object) -> int:
    if value is None or value is Undefined or not isinstance(value, int):
        return DEFAULT_PAGE
    return min(max(value, 1), LARGEST_COUNTED)


def _is_value(kind: GraphQLNamedType | None) -> bool:
    """Whether a type is an amount and the like: part of what tells it, nothing to be looked up."""
    fields = getattr(kind, "fields", {}).values()
    interfaces = getattr(kind, "interfaces", ())
    return bool(fields) and not interfaces and all(_is_plain(field) for field in fields)


def _is_plain(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type)) and not _is_list(field) and not field.args


def _is_list(field: GraphQLField) -> bool:
    kind = field.type.of_type if is_non_null_type(field.type) else field.type
    return is_list_type(kind)


def check_weight(weight: Weight, limits: Limits) -> None:
    """Refuse an operation that weighs more than one request may.

    Raises:
        OverLimit: the first limit that it is over.
    """
    measured = (
        ("root_fields", weight.width, limits.root_fields, "fields at the root"),
        ("aliases", weight.aliases, limits.aliases, "aliases"),
        ("depth", weight.depth, limits.depth, "levels"),
        ("fields", weight.fields, limits.fields, "fields after expanding its fragments"),
        ("cost", weight.cost, limits.cost, "objects (list sizes multiplied)"),
    )
    for name, found, allowed, words in measured:
        if found > allowed:
            shown = found if found <= LARGEST_COUNTED else f"more than {LARGEST_COUNTED}"
            raise OverLimit(
                f"the operation asks for {shown} {words}; allowed: {allowed}", code=f"limit.{name}"
            )


def check_directives(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that carries more directives than it can mean.

    Raises:
        OverLimit: too many on one place, or in all.
    """
    total = 0
    pending: list[Any] = list(document.definitions)
    while pending:
        node = pending.pop()
        carried: tuple[DirectiveNode, ...] = getattr(node, "directives", None) or ()
        total += len(carried)
        if len(carried) > limits.directives_per_field or total > limits.directives:
            raise OverLimit(
                f"too many directives; allowed: {limits.directives_per_field} on one field, "
                f"{limits.directives} in a document",
                code="limit.directives",
            )
        inner = getattr(node, "selection_set", None)
        pending.extend(inner.selections if inner else ())
        pending.extend(getattr(node, "variable_definitions", None) or ())
