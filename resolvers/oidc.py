"""Tokens of an outside identity provider, proven with the keys that it publishes."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Final

import jwt

from resolvers.tokens import ALGORITHMS, PublicKey, header_of, proven_claims, viewer_of
from resolvers.viewer import Unauthenticated, Viewer
from twin.errors import Refused, TwinError

FETCH_DEADLINE_S: Final = 5.0
FRESH_S: Final = 600.0
PAUSE_AFTER_MISS_S: Final = 30.0
LARGEST_KEY_SET: Final = 256 * 1024
MOST_KEYS: Final = 64
_FAMILIES: Final = {"EC": "ES256", "RSA": "RS256"}


class KeysUnavailable(TwinError):
    """The identity provider did not publish its keys in time."""

    code = "access.keys_unavailable"


class OutsideIssuer:
    """Checks tokens that an OIDC provider signed.

    The key set is fetched again when it is ten minutes old, or when a token names a key that is not
    in it, but for unknown keys at most once in 30 s, so that forged tokens cannot flood the provider.
    """

    def __init__(self, issuer: str, audience: str, jwks_url: str) -> None:
        if not jwks_url.startswith(("https://", "http://")):
            raise Refused("the address of the key set must be http or https", code="setting.bad_value")
        self._issuer, self._audience, self._url = issuer, audience, jwks_url
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()
        self._clock: Callable[[], float] = time.monotonic

    async def verify(self, token: str) -> Viewer:
        """The viewer whom the provider vouches for.

        Raises:
            Unauthenticated: the token is not the provider's, or not valid now.
            KeysUnavailable: there are no keys to check it with.
        """
        header = header_of(token)
        kid = header.get("kid")
        if not isinstance(kid, str) or header.get("alg") not in ALGORITHMS:
            raise Unauthenticated("the token names no key, or an algorithm that is not allowed")
        key = await self._key(kid)
        public_key, family = key.key, _FAMILIES.get(key.key_type or "")
        if family is None or family != header["alg"] or not isinstance(public_key, PublicKey):
            raise Unauthenticated("the token's algorithm is not its key's")
        return viewer_of(proven_claims(token, public_key, (family,), self._issuer, self._audience))

    async def _key(self, kid: str) -> jwt.PyJWK:
        async with self._lock:
            age = self._clock() - self._fetched_at
            if age > FRESH_S or (kid not in self._keys and age > PAUSE_AFTER_MISS_S):
                await self._fetch()
        key = self._keys.get(kid)
        if key is None:
            raise Unauthenticated("the token was signed with a key that its issuer does not publish")
        return key

    async def _fetch(self) -> None:
        self._fetched_at = self._clock()
        try:
            async with asyncio.timeout(FETCH_DEADLINE_S):
                body = await asyncio.to_thread(_get, self._url)
            self._keys = _keys_of(body)
        except (OSError, TimeoutError, ValueError, jwt.PyJWTError):
            if not self._keys:
                self._fetched_at = self._clock() - FRESH_S + PAUSE_AFTER_MISS_S
                raise KeysUnavailable("the token issuer's keys could not be fetched; try again") from None


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=FETCH_DEADLINE_S) as reply:  # noqa: S310 - scheme checked above
        body: bytes = reply.read(LARGEST_KEY_SET + 1)
    if len(body) > LARGEST_KEY_SET:
        raise ValueError("key set too large")
    return body


def _keys_of(body: bytes) -> dict[str, jwt.PyJWK]:
    """Keys by id; an id that two keys share proves nothing and is left out."""
    keys: dict[str, jwt.PyJWK] = {}
    doubled: set[str] = set()
    for key in jwt.PyJWKSet.from_json(body.decode()).keys[:MOST_KEYS]:
        if key.key_id in keys:
            doubled.add(key.key_id)
        elif key.key_id is not None:
            keys[key.key_id] = key
    return {kid: key for kid, key in keys.items() if kid not in doubled}
