"""The running service that a command talks to, found through its data directory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import orjson

from resolvers.tokens import OwnIssuer
from twin.errors import TwinError
from twin.settings import Settings
from twin.vocabulary.roles import Role

ADDRESS_FILE: Final = "service.json"
_DEADLINE_S: Final = 120.0


class ServiceUnreachable(TwinError):
    """No service answers for this data directory."""

    code = "service.unreachable"


class ServiceRefused(TwinError):
    """The service answered with an error."""

    code = "service.refused"


def settings_of(data: Path | None) -> Settings:
    """The deployment's settings from the environment, with ``--data`` winning."""
    settings = Settings.from_environment(os.environ)
    return replace(settings, data_dir=data) if data is not None else settings


@dataclass(frozen=True)
class Service:
    """A running service and the right to ask it."""

    url: str
    token: str

    @classmethod
    def of(cls, settings: Settings, role: Role) -> Service:
        """The service of this data directory, asked in a role.

        Raises:
            ServiceUnreachable: nothing runs there.
        """
        try:
            address = orjson.loads((settings.data_dir / ADDRESS_FILE).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            raise ServiceUnreachable(
                f"no service runs on {settings.data_dir}; start it: dieloom up --data {settings.data_dir}"
            ) from None
        return cls(url=address["url"], token=OwnIssuer(settings.data_dir).issue(role))

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Post bytes and read the JSON answer."""
        request = Request(  # noqa: S310 - the address file only ever holds the service's own http address
            self.url + path, data=body, headers={**headers, "authorization": f"Bearer {self.token}"}
        )
        try:
            with urlopen(request, timeout=_DEADLINE_S) as answer:  # noqa: S310
                return dict(orjson.loads(answer.read()))
        except HTTPError as refused:
            raise _refusal(refused) from None
        except (URLError, OSError) as gone:
            raise ServiceUnreachable(f"{self.url} does not answer: {gone}") from None

    def ask(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Ask one GraphQL question.

        Raises:
            ServiceRefused: with the first error's code and words.
        """
        body = orjson.dumps({"query": document, "variables": variables})
        answer = self.post("/graphql", body, {"content-type": "application/json"})
        for error in answer.get("errors") or ():
            code = (error.get("extensions") or {}).get("code")
            raise ServiceRefused(error["message"], code=code)
        return dict(answer["data"])

    def download(self, path: str, target: BinaryIO) -> None:
        """Get a file, piece by piece.

        Raises:
            ServiceRefused: with the code and words of the refusal.
        """
        request = Request(  # noqa: S310 - as above
            self.url + path, headers={"authorization": f"Bearer {self.token}"}
        )
        try:
            with urlopen(request, timeout=_DEADLINE_S) as answer:  # noqa: S310
                shutil.copyfileobj(answer, target, 1 << 18)
        except HTTPError as refused:
            raise _refusal(refused) from None
        except (URLError, OSError) as gone:
            raise ServiceUnreachable(f"{self.url} does not answer: {gone}") from None


def _refusal(refused: HTTPError) -> ServiceRefused:
    try:
        problem = orjson.loads(refused.read())
    except (OSError, orjson.JSONDecodeError):
        return ServiceRefused(f"the service answered {refused.code}")
    error = (problem.get("errors") or [problem])[0]
    code = (error.get("extensions") or error).get("code")
    return ServiceRefused(str(error.get("message") or error.get("detail") or problem), code=code)
