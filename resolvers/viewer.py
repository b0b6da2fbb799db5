"""Who is asking: taken from the token of each request, never from anything else."""

from __future__ import annotations

import time
from dataclasses import dataclass

from twin.errors import Forbidden, TwinError
from twin.vocabulary.roles import STAFF, Role


class Unauthenticated(TwinError):
    """No token, or one that this deployment did not issue or no longer accepts."""

    code = "access.unauthenticated"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person or program behind a request, with one role.

    ``customer_id`` is set exactly for the role customer; ``expires_at`` is in seconds since 1970.
    """

    subject: str
    role: Role
    customer_id: str | None = None
    expires_at: float = float("inf")

    @property
    def is_staff(self) -> bool:
        """Whether the viewer works for the factory."""
        return self.role in STAFF

    @property
    def is_expired(self) -> bool:
        """Whether the token has run out since the connection was opened."""
        return time.time() >= self.expires_at

    def require(self, *roles: Role) -> None:
        """Refuse everybody else.

        Raises:
            Forbidden: the viewer has none of these roles.
        """
        if self.role not in roles:
            allowed = ", ".join(sorted(role.value for role in roles))
            raise Forbidden(f"role {self.role.value} may not do this; allowed: {allowed}")


def bearer(authorization: str | None) -> str:
    """The token of an Authorization header.

    Raises:
        Unauthenticated: there is none, or it is of another scheme.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("send the header Authorization: Bearer <token>; `dieloom token` prints one")
    return token.strip()
