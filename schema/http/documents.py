"""Documents read once: parsed, validated and weighed, and remembered by their text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

from schema.http.problem import RequestRefused
from schema.limits import Limits, OverLimit, Scales, check_directives, check_weight

REMEMBERED: Final = 512
LONGEST_REMEMBERED: Final = 16 * 1024
MOST_ERRORS: Final = 5
MOST_COMMENTS: Final = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation that may be executed, with the document that its fragments live in."""

    text: str
    document: DocumentNode
    node: OperationDefinitionNode
    root_fields: frozenset[str]

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation

    @property
    def name(self) -> str | None:
        """Its name in the document."""
        return self.node.name.value if self.node.name else None


@dataclass(frozen=True, slots=True)
class _Read:
    document: DocumentNode
    operations: Mapping[str | None, Operation]
    weighed_alike: bool


class Documents:
    """All documents that one schema was asked, a bounded number of them."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema, self._limits = schema, limits
        self._read: OrderedDict[str, _Read] = OrderedDict()

    def operation(self, text: str, name: str | None, variables: Mapping[str, Any] | None) -> Operation:
        """The operation that a request names.

        Raises:
            RequestRefused: the document is not valid, or has no such operation.
            OverLimit: it asks more than one request may.
        """
        read = self._read.get(text)
        if read is None:
            read = self._first_read(text, variables)
        else:
            self._read.move_to_end(text)
            if not read.weighed_alike:
                self._weigh(read.document, variables)
        return _chosen(read.operations, name)

    def _first_read(self, text: str, variables: Mapping[str, Any] | None) -> _Read:
        document = self._parsed(text)
        check_directives(document, self._limits)
        weighed_alike = self._weigh(document, variables)
        errors = validate(self._schema, document, specified_rules, max_errors=MOST_ERRORS)
        if errors:
            raise refused(errors, "request.invalid")
        operations = {
            (node.name.value if node.name else None): Operation(
                text, document, node, _root_fields(document, node)
            )
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        read = _Read(document, operations, weighed_alike)
        if len(text) <= LONGEST_REMEMBERED:
            self._read[text] = read
            if len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
        return read

    def _parsed(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_lexical_tokens=self._limits.tokens, max_comments=MOST_COMMENTS)
        except GraphQLError as error:
            if "Parsing aborted" in error.message:
                raise OverLimit(
                    f"the document has more than {self._limits.tokens} tokens or {MOST_COMMENTS} comments",
                    code="limit.tokens",
                ) from None
            raise refused([error], "request.syntax") from None

    def _weigh(self, document: DocumentNode, variables: Mapping[str, Any] | None) -> bool:
        scales = Scales(self._schema, document, variables)
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                check_weight(scales.weigh(node), self._limits)
        return not scales.read_variables


def refused(errors: list[GraphQLError], code: str) -> RequestRefused:
    """Errors of the request itself: nothing was executed."""
    formatted = []
    for error in errors:
        entry: dict[str, Any] = {"message": error.message[:500], "extensions": {"code": code}}
        if error.locations:
            entry["locations"] = [place.formatted for place in error.locations]
        formatted.append(entry)
    return RequestRefused(formatted[0]["message"], code=code, errors=formatted)


def _chosen(operations: Mapping[str | None, Operation], name: str | None) -> Operation:
    if name is None and len(operations) == 1:
        return next(iter(operations.values()))
    operation = operations.get(name) if name is not None else None
    if operation is None:
        words = f"there is no operation {name[:80]!r}" if name else "operationName is missing"
        known = ", ".join(sorted(key for key in operations if key))[:300]
        raise RequestRefused(
            f"{words}; the document has: {known or 'none'}",
            code="request.no_operation",
            field="operationName",
        )
    return operation


def _root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """The names of the fields at the root, those inside fragments too."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    found: set[str] = set()
    visited: set[str] = set()
    pending: list[SelectionSetNode] = [operation.selection_set]
    while pending:
        for selection in pending.pop().selections:
            if isinstance(selection, FieldNode):
                found.add(selection.name.value)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in visited:
                    visited.add(name)
                    pending.append(fragments[name].selection_set)
            else:
                pending.append(selection.selection_set)  # type: ignore[attr-defined]
    return frozenset(found)
