"""Tokens of this deployment: signed with a key that never leaves its data directory."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from resolvers.viewer import Unauthenticated, Viewer
from twin.errors import Refused
from twin.vocabulary.roles import Role

ISSUER: Final = "dieloom"
AUDIENCE: Final = "dieloom"
ALGORITHMS: Final = ("RS256", "ES256")
LEEWAY_S: Final = 30
LONGEST_TTL: Final = timedelta(days=366)
LONGEST_TOKEN: Final = 8 * 1024
LONGEST_NAME: Final = 128
REMEMBERED: Final = 1024
_ROLES: Final = frozenset(role.value for role in Role)
_REQUIRED: Final = ("exp", "iat", "iss", "aud", "sub")


PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Verifier(Protocol):
    """Turns a token into the viewer that it proves."""

    async def verify(self, token: str) -> Viewer:
        """The viewer, or ``Unauthenticated``."""


class OwnIssuer:
    """Signs and checks the tokens of the deployment whose data directory this is."""

    def __init__(self, data_dir: Path) -> None:
        self._key = _signing_key(data_dir / "keys")
        self._public = self._key.public_key()
        self._kid = jwt.algorithms.ECAlgorithm.to_jwk(self._public, as_dict=True)["x"][:16]
        self._proven: dict[str, Viewer] = {}

    def issue(self, role: Role, customer_id: str | None = None, ttl: timedelta = timedelta(hours=8)) -> str:
        """A new token for one role.

        Raises:
            Refused: the customer id does not go with the role, or the time is not allowed.
        """
        if (role is Role.CUSTOMER) != bool(customer_id):
            raise Refused(
                "a customer id goes with the role customer and no other",
                code="token.bad_customer",
                field="customer",
            )
        if not timedelta(seconds=1) <= ttl <= LONGEST_TTL:
            raise Refused(
                f"ttl is {ttl}; allowed: 1 second to {LONGEST_TTL.days} days",
                code="token.bad_ttl",
                field="ttl",
            )
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": f"{role.value}:{customer_id or 'local'}",
            "iat": now,
            "exp": now + int(ttl.total_seconds()),
            "jti": uuid4().hex,
            "role": role.value,
        }
        if customer_id:
            claims["customer_id"] = customer_id
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._kid})

    async def verify(self, token: str) -> Viewer:
        """The viewer that a token of this deployment proves.

        Raises:
            Unauthenticated: it is forged, expired, incomplete or another deployment's.
        """
        viewer = self._proven.get(token)
        if viewer is not None and not viewer.is_expired:
            return viewer
        if header_of(token).get("kid") != self._kid:
            raise Unauthenticated("the token was signed with another key")
        viewer = viewer_of(proven_claims(token, self._public, ("ES256",), ISSUER, AUDIENCE))
        if len(self._proven) >= REMEMBERED:
            self._proven.clear()
        self._proven[token] = viewer
        return viewer


def header_of(token: str) -> Mapping[str, Any]:
    """What a token says about its own signature; nothing of it is proven yet.

    Raises:
        Unauthenticated: it is no token at all.
    """
    if len(token) > LONGEST_TOKEN:
        raise Unauthenticated(f"the token is longer than {LONGEST_TOKEN} characters")
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Unauthenticated("the token is not readable") from None


def proven_claims(
    token: str, key: PublicKey, algorithms: tuple[str, ...], issuer: str, audience: str
) -> Mapping[str, Any]:
    """The claims of a token whose signature, times, issuer and audience hold.

    Raises:
        Unauthenticated: one of them does not; says which, without the token's own words.
    """
    try:
        return jwt.decode(
            token,
            key,
            algorithms=list(algorithms),
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY_S,
            options={"require": list(_REQUIRED), "strict_aud": False},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("the token has expired; ask for a new one") from None
    except jwt.MissingRequiredClaimError as missing:
        raise Unauthenticated(f"the token has no claim {missing.claim}") from None
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise Unauthenticated("the token is not valid here") from None


def viewer_of(claims: Mapping[str, Any]) -> Viewer:
    """The viewer whom proven claims name.

    Raises:
        Unauthenticated: the role or the customer id is missing or not one of ours.
    """
    role = claims.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise Unauthenticated(f"the token names no role of ours; allowed: {', '.join(sorted(_ROLES))}")
    customer_id = claims.get("customer_id")
    if (role == Role.CUSTOMER) != _is_name(customer_id):
        raise Unauthenticated("a customer id goes with the role customer and no other")
    subject = claims["sub"]
    if not _is_name(subject):
        raise Unauthenticated("the token's subject is not a name")
    return Viewer(subject, Role(role), customer_id, float(claims["exp"]) + LEEWAY_S)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def _signing_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """The deployment's key, made on first use; two first users agree on one."""
    path = folder / "issuer.pem"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        _write_new_key(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise Refused(f"{path} is not a P-256 private key; restore it or move it away", code="token.bad_key")
    return key


def _write_new_key(path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{uuid4().hex}.pem")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
