"""The gate before every route: a valid token, and a role that may use the endpoint."""

from __future__ import annotations

from collections.abc import Collection

from starlette.requests import HTTPConnection

from resolvers.tokens import Verifier
from resolvers.viewer import Viewer, bearer
from twin.errors import Forbidden
from twin.vocabulary.roles import Role


class Gate:
    """Lets the bearers of some roles pass."""

    def __init__(self, verifier: Verifier, allowed: Collection[Role]) -> None:
        self._verifier, self._allowed = verifier, frozenset(allowed)

    async def viewer(self, connection: HTTPConnection) -> Viewer:
        """Who sends this request.

        Raises:
            Unauthenticated: there is no token, or it is not valid here.
            Forbidden: the role may not use this endpoint.
        """
        return await self.admitted(bearer(connection.headers.get("authorization")))

    async def admitted(self, token: str) -> Viewer:
        """The viewer whom a token proves, if the endpoint is for that role.

        Raises:
            Unauthenticated: the token is not valid here.
            Forbidden: the role may not use this endpoint.
        """
        viewer = await self._verifier.verify(token)
        if viewer.role not in self._allowed:
            raise Forbidden(f"a token of role {viewer.role.value} does not work here")
        return viewer
