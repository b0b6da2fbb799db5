"""Which roles may ask what; a field without a policy stops the schema from being built."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import strawberry
from strawberry.permission import BasePermission

from resolvers.context import Context
from twin.errors import Forbidden
from twin.vocabulary.roles import Role

READERS: Final = frozenset({Role.OPERATOR, Role.ENGINEER, Role.QUALITY, Role.PLANNER, Role.ADMIN})
"""Everybody who works with the twin; a machine account (integration) only brings events in."""

ANALYSTS: Final = frozenset({Role.ENGINEER, Role.QUALITY, Role.PLANNER, Role.ADMIN})
"""Who sees what a suspect reached."""

SHOP_FLOOR: Final = frozenset({Role.OPERATOR, Role.ENGINEER, Role.QUALITY, Role.ADMIN})
"""Who sees the people and parameters behind a fact; a planner does not."""

INVESTIGATORS: Final = frozenset({Role.ENGINEER, Role.QUALITY, Role.ADMIN})
"""Who may look at the raw bytes of a source."""

RECALLERS: Final = frozenset({Role.QUALITY, Role.ADMIN})
"""Who works on recall cases: opens them, holds and releases lots."""

POLICY: Final = "allow"
"""Where a field keeps its policy."""


class UnguardedField(TypeError):
    """A field was added to the schema without saying who may ask for it."""


@cache
def only(allowed: frozenset[Role]) -> type[BasePermission]:
    """The gate that lets these roles pass and refuses all others."""

    class _Gate(BasePermission):
        def has_permission(self, source: object, info: strawberry.Info[Context], **kwargs: object) -> bool:  # noqa: ARG002
            return info.context.viewer.role in allowed

        def on_unauthorized(self) -> None:
            names = ", ".join(sorted(allowed))
            raise Forbidden(f"This needs one of the roles: {names}.")

    return _Gate


def policy_of(metadata: Mapping[Any, Any], origin: type | None) -> frozenset[Role] | None:
    """The field's own policy, else that of its type."""
    own: frozenset[Role] | None = metadata.get(POLICY)
    return own if own is not None else getattr(origin, "allowed_roles", None)
