import base64
import hashlib
import hmac
import json
import stat
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from resolvers.tokens import OwnIssuer
from resolvers.viewer import Unauthenticated, Viewer, bearer
from twin.errors import Refused
from twin.vocabulary.roles import Role


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


class Forge:
    def __init__(self, data_dir: Path) -> None:
        self.issuer = OwnIssuer(data_dir)
        self.key = load_pem_private_key((data_dir / "keys" / "issuer.pem").read_bytes(), None)
        token = self.issuer.issue(Role.QUALITY)
        self.kid = jwt.get_unverified_header(token)["kid"]
        self.claims = jwt.decode(token, options={"verify_signature": False})

    def sign(
        self,
        drop: Collection[str] = (),
        key: Any = None,
        algorithm: str = "ES256",
        kid: str | None = None,
        **claims: object,
    ) -> str:
        content = {k: v for k, v in (self.claims | claims).items() if k not in drop}
        return jwt.encode(content, key or self.key, algorithm, headers={"kid": kid or self.kid})


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path)


async def test_a_staff_token_proves_its_role(tmp_path: Path) -> None:
    issuer = OwnIssuer(tmp_path)
    before = int(time.time())
    viewer = await issuer.verify(issuer.issue(Role.PLANNER, ttl=timedelta(hours=1)))
    assert (viewer.role, viewer.customer_id, viewer.is_staff) == (Role.PLANNER, None, True)
    assert before <= viewer.expires_at - 3600 - 30 <= time.time()


async def test_a_customer_token_carries_its_customer(tmp_path: Path) -> None:
    issuer = OwnIssuer(tmp_path)
    viewer = await issuer.verify(issuer.issue(Role.CUSTOMER, "ACME"))
    assert (viewer.role, viewer.customer_id, viewer.is_staff) == (Role.CUSTOMER, "ACME", False)


async def test_a_second_process_accepts_the_first_ones_tokens(tmp_path: Path) -> None:
    token = OwnIssuer(tmp_path).issue(Role.ADMIN)
    assert (await OwnIssuer(tmp_path).verify(token)).role is Role.ADMIN


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    OwnIssuer(tmp_path)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "issuer.pem").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["issuer.pem"]


def test_a_broken_key_file_is_named(tmp_path: Path) -> None:
    OwnIssuer(tmp_path)
    (tmp_path / "keys" / "issuer.pem").write_text("not a key")
    with pytest.raises(Refused) as refused:
        OwnIssuer(tmp_path)
    assert refused.value.code == "token.bad_key"


@pytest.mark.parametrize(
    ("role", "customer"), [(Role.CUSTOMER, None), (Role.ADMIN, "ACME"), (Role.CUSTOMER, "")]
)
def test_a_customer_id_goes_with_the_customer_role_only(
    tmp_path: Path, role: Role, customer: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        OwnIssuer(tmp_path).issue(role, customer)
    assert refused.value.code == "token.bad_customer"


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(seconds=-1), timedelta(days=367)])
def test_a_lifetime_out_of_range_is_refused(tmp_path: Path, ttl: timedelta) -> None:
    with pytest.raises(Refused) as refused:
        OwnIssuer(tmp_path).issue(Role.ADMIN, ttl=ttl)
    assert refused.value.code == "token.bad_ttl"


async def test_a_token_of_another_deployment_is_refused(tmp_path: Path) -> None:
    foreign = OwnIssuer(tmp_path / "theirs").issue(Role.ADMIN)
    with pytest.raises(Unauthenticated):
        await OwnIssuer(tmp_path / "ours").verify(foreign)


async def test_the_forge_itself_can_sign(forge: Forge) -> None:
    assert (await forge.issuer.verify(forge.sign())).role is Role.QUALITY


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": ["other"]},
        {"iss": "https://elsewhere"},
        {"exp": 1_000_000_000},
        {"exp": int(time.time()) - 31},
        {"exp": "soon"},
        {"nbf": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"role": "root"},
        {"role": None},
        {"role": ["admin"]},
        {"role": "customer"},
        {"customer_id": "ACME"},
        {"role": "customer", "customer_id": ""},
        {"role": "customer", "customer_id": 7},
        {"role": "customer", "customer_id": "x" * 129},
        {"role": "customer", "customer_id": "A\nB"},
        {"sub": ""},
        {"sub": "x" * 129},
    ],
)
async def test_a_wrong_claim_is_refused(forge: Forge, claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        await forge.issuer.verify(forge.sign(**claims))


@pytest.mark.parametrize("claim", ["exp", "iat", "iss", "aud", "sub", "role"])
async def test_a_missing_claim_is_refused(forge: Forge, claim: str) -> None:
    with pytest.raises(Unauthenticated):
        await forge.issuer.verify(forge.sign(drop={claim}))


async def test_an_unsigned_token_is_refused(forge: Forge) -> None:
    body = encoded(forge.claims)
    for algorithm in ("none", "None", "NONE", ""):
        head = encoded({"alg": algorithm, "kid": forge.kid, "typ": "JWT"})
        with pytest.raises(Unauthenticated):
            await forge.issuer.verify(f"{head}.{body}.")


async def test_the_public_key_is_no_shared_secret(forge: Forge) -> None:
    public = forge.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{encoded({'alg': 'HS256', 'kid': forge.kid})}.{encoded(forge.claims)}"
    mac = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), hashlib.sha256)).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        await forge.issuer.verify(f"{signed}.{mac}")


async def test_another_key_under_our_key_id_is_refused(forge: Forge) -> None:
    for key, algorithm in (
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (rsa.generate_private_key(65537, 2048), "RS256"),
    ):
        with pytest.raises(Unauthenticated):
            await forge.issuer.verify(forge.sign(key=key, algorithm=algorithm))


async def test_another_key_id_is_refused(forge: Forge) -> None:
    with pytest.raises(Unauthenticated):
        await forge.issuer.verify(forge.sign(kid="other"))


async def test_a_changed_signature_is_refused(forge: Forge) -> None:
    head, body, _ = forge.sign().split(".")
    altered = encoded(forge.claims | {"role": "admin"})
    signature = forge.sign().split(".")[2]
    for token in (f"{head}.{altered}.{signature}", f"{head}.{body}.", f"{head}.{body}"):
        with pytest.raises(Unauthenticated):
            await forge.issuer.verify(token)


@pytest.mark.parametrize(
    "garbage",
    ["", ".", "..", "a.b.c", "\x00", "é.é.é", "x" * 9000, "[" * 5000, encoded({"alg": "ES256"}) + ".."],
)
async def test_garbage_is_refused(forge: Forge, garbage: str) -> None:
    with pytest.raises(Unauthenticated):
        await forge.issuer.verify(garbage)


async def test_a_remembered_token_still_expires(forge: Forge) -> None:
    token = forge.sign(exp=int(time.time()) - 31)
    forge.issuer._proven[token] = Viewer("kim", Role.QUALITY, expires_at=time.time() - 1)
    with pytest.raises(Unauthenticated):
        await forge.issuer.verify(token)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token"])
def test_only_a_bearer_header_names_a_token(header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        bearer(header)


def test_the_scheme_is_read_in_any_case() -> None:
    assert bearer("bEaReR  abc ") == "abc"
