import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from resolvers.oidc import KeysUnavailable, OutsideIssuer
from resolvers.viewer import Unauthenticated
from twin.vocabulary.roles import Role

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Provider:
    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.fetches = 0
        self.silent = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.fetches += 1
        if not self.silent:
            body = json.dumps({"keys": self.keys}).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    def publish(self, key: PrivateKey, kid: str) -> None:
        kind = (
            jwt.algorithms.ECAlgorithm
            if isinstance(key, ec.EllipticCurvePrivateKey)
            else jwt.algorithms.RSAAlgorithm
        )
        self.keys.append(kind.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"})


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
    yield provider
    server.close()
    await server.wait_closed()


def signed(key: Any, kid: str, algorithm: str, **claims: object) -> str:
    now = int(time.time())
    content = {
        "iss": "https://id.example",
        "aud": "plant",
        "sub": "kim",
        "iat": now,
        "exp": now + 60,
        "role": "quality",
    }
    return jwt.encode(content | claims, key, algorithm, headers={"kid": kid})


def outside(provider: Provider) -> OutsideIssuer:
    return OutsideIssuer("https://id.example", "plant", provider.url)


async def test_both_key_families_of_a_provider_are_accepted(provider: Provider) -> None:
    curve, modulus = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    provider.publish(curve, "c")
    provider.publish(modulus, "m")
    issuer = outside(provider)
    assert (await issuer.verify(signed(curve, "c", "ES256"))).role is Role.QUALITY
    assert (await issuer.verify(signed(modulus, "m", "RS256"))).subject == "kim"
    assert provider.fetches == 1


async def test_unknown_keys_do_not_flood_the_provider(provider: Provider) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    provider.publish(key, "known")
    issuer = outside(provider)
    for number in range(20):
        with pytest.raises(Unauthenticated):
            await issuer.verify(signed(key, f"unknown-{number}", "ES256"))
    assert provider.fetches == 1


async def test_a_rotated_key_is_found_after_the_pause(provider: Provider) -> None:
    first, second = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    provider.publish(first, "first")
    issuer = outside(provider)
    await issuer.verify(signed(first, "first", "ES256"))
    provider.publish(second, "second")
    issuer._clock = lambda: time.monotonic() + 31
    assert (await issuer.verify(signed(second, "second", "ES256"))).role is Role.QUALITY


async def test_a_key_id_that_two_keys_share_proves_nothing(provider: Provider) -> None:
    first, second = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    provider.publish(first, "same")
    provider.publish(second, "same")
    with pytest.raises(Unauthenticated):
        await outside(provider).verify(signed(first, "same", "ES256"))


async def test_the_wrong_audience_issuer_or_algorithm_is_refused(provider: Provider) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    provider.publish(key, "k")
    issuer = outside(provider)
    for token in (
        signed(key, "k", "ES256", aud="other"),
        signed(key, "k", "ES256", iss="dieloom"),
        signed(rsa.generate_private_key(65537, 2048), "k", "RS256"),
        signed("x" * 32, "k", "HS256"),
    ):
        with pytest.raises(Unauthenticated):
            await issuer.verify(token)


async def test_a_provider_without_an_answer_is_named(provider: Provider) -> None:
    provider.silent = True
    with pytest.raises(KeysUnavailable):
        await outside(provider).verify(signed(ec.generate_private_key(ec.SECP256R1()), "k", "ES256"))
