"""How the schema's types and fields are declared: what they say, who may ask, where the answer comes from."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable
from typing import Any, Final, TypeVar

import strawberry

from resolvers.global_ids import global_id
from schema.policies import POLICY, READERS, only
from twin.vocabulary.roles import Role

T = TypeVar("T", bound=type)

CARRIES: Final = "carries"
"""Under which name a field keeps what its record tells of what it answers."""


def answers(*records: type, allow: frozenset[Role], name: str | None = None) -> Callable[[T], T]:
    """Declare the type that shows these records; its docstring is its description."""

    def declare(cls: T) -> T:
        if records:
            cls.is_type_of = classmethod(lambda _, source, __: isinstance(source, records))  # type: ignore[attr-defined]
        cls.allowed_roles = allow  # type: ignore[attr-defined]
        return strawberry.type(cls, name=name, description=inspect.getdoc(cls))

    return declare


def told(description: str, *, name: str | None = None, allow: frozenset[Role] | None = None) -> Any:  # noqa: ANN401
    """A field that its record carries under the same name."""
    if allow is None:
        return strawberry.field(name=name, description=description)
    return strawberry.field(
        name=name, description=description, metadata={POLICY: allow}, permission_classes=[only(allow)]
    )


def resolved_by(
    resolver: Callable[..., Any],
    *,
    name: str | None = None,
    allow: frozenset[Role] | None = None,
    carries: frozenset[str] = frozenset(),
) -> Any:  # noqa: ANN401 - the annotation beside the field is its type
    """A field that a resolver answers; the resolver's docstring is its description.

    ``carries``: what of that answer the record tells by itself; no resolver is asked for that alone.
    """
    return strawberry.field(
        resolver=resolver,
        name=name,
        description=inspect.getdoc(resolver),
        metadata={CARRIES: carries} if allow is None else {POLICY: allow},
        permission_classes=[] if allow is None else [only(allow)],
    )


def followed_by(
    resolver: Callable[..., AsyncGenerator[Any, None]], *, allow: frozenset[Role] = READERS
) -> Any:  # noqa: ANN401
    """A subscription that a resolver feeds; the resolver's docstring is its description."""
    return strawberry.subscription(
        resolver=resolver,
        description=inspect.getdoc(resolver),
        metadata={POLICY: allow},
        permission_classes=[only(allow)],
    )


def identity(kind: str, key: str) -> Any:  # noqa: ANN401
    """The global id of a record: the opaque form of its kind and key."""

    def node_id(root: object) -> str:
        return global_id(kind, getattr(root, key))

    return strawberry.field(
        resolver=node_id, description="The opaque id by which node(id:) finds this again."
    )
