"""How failures look to a client: typed ones with their code, all others without a word of what happened."""

from __future__ import annotations

import logging
from typing import Any, Final

from graphql import GraphQLError
from strawberry.extensions import MaskErrors

from twin.errors import TwinError

UNEXPECTED: Final = "Unexpected error."

_LOG: Final = logging.getLogger("dieloom.graphql")


class Problems(MaskErrors):
    """Gives every error its code; what is no failure of the twin or of the document is masked."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=_always, error_message=UNEXPECTED)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error as a client may read it."""
        return shown(error)


def shown(error: GraphQLError) -> GraphQLError:
    """The error as a client may read it, its code under extensions."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, TwinError):
        return _told(error, cause.message, _extensions(cause))
    if cause is None or isinstance(cause, GraphQLError):
        given = dict(error.extensions or {})
        return _told(error, error.message, {"code": "graphql.bad_request", **given})
    _LOG.error("a resolver failed at %s", error.path, exc_info=cause)
    return _told(error, UNEXPECTED, {"code": "twin.unexpected"})


def _extensions(cause: TwinError) -> dict[str, Any]:
    found = {"code": cause.code}
    return found if cause.field is None else {**found, "field": cause.field}


def _told(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _always(_: GraphQLError) -> bool:
    return True
