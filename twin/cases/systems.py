"""The systems outside that are told to stop lots and containers: only those that the operator configured."""

from __future__ import annotations

import asyncio
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import msgspec

from twin.errors import Refused
from twin.records.case import HoldCommand
from twin.vocabulary.instants import written

TWIN: Final = "twin"
"""The system that every lot is also stopped in: ourselves."""

MOST_SYSTEMS: Final = 16
_SECONDS: Final = 10.0
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}$")


@dataclass(frozen=True, slots=True)
class System:
    """One system, where it takes commands, and what proves to it who we are."""

    name: str
    url: str
    token: str | None = field(default=None, repr=False)

    async def send(self, command: HoldCommand) -> int:
        """Tell it one command; the status it answers with, 0 when it does not answer.

        The command's id comes with every attempt, so that a system can tell a repetition.
        """
        return await asyncio.to_thread(self._post, _body(command), command.command_id)

    def _post(self, body: bytes, command_id: str) -> int:
        headers = {"content-type": "application/json", "idempotency-key": command_id}
        if self.token is not None:
            headers["authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url, data=body, headers=headers)  # noqa: S310 - checked
        try:
            with _OPENER.open(request, timeout=_SECONDS) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code
        except (OSError, http.client.HTTPException):
            return 0


def systems_of(urls: str | None, tokens: str | None) -> dict[str, System]:
    """The systems that two settings name, as ``name=value`` with blanks between.

    Raises:
        Refused: ``setting.bad_value``; the message never shows a token.
    """
    secrets = _pairs("hold_tokens", tokens)
    found = {
        name: System(name, _checked(name, url), secrets.get(name))
        for name, url in _pairs("hold_systems", urls).items()
    }
    strangers = sorted(secrets.keys() - found.keys())
    if strangers:
        raise _bad("hold_tokens", f"names {', '.join(strangers)}, which DIELOOM_HOLD_SYSTEMS does not")
    if len(found) > MOST_SYSTEMS:
        raise _bad("hold_systems", f"names {len(found)} systems; at most {MOST_SYSTEMS} are allowed")
    return found


def _pairs(setting: str, text: str | None) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in (text or "").split():
        name, _, value = part.partition("=")
        if not _NAME.match(name) or not value or name == TWIN or name in found:
            raise _bad(setting, "must be name=value pairs, each name once, of a-z, 0-9, - and _")
        found[name] = value
    return found


def _checked(name: str, url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise _bad("hold_systems", f"must give an http:// or https:// address for {name}, without a user")
    return url


def _bad(setting: str, what: str) -> Refused:
    return Refused(f"DIELOOM_{setting.upper()} {what}", code="setting.bad_value", field=setting)


def _body(command: HoldCommand) -> bytes:
    return msgspec.json.encode(
        {
            "command_id": command.command_id,
            "case_id": command.case_id,
            "verb": command.verb.value,
            "target": command.target.value,
            "key": command.key,
            "issued_at": written(command.issued_at),
        }
    )


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A command goes where the operator said, and nowhere else."""

    def redirect_request(self, *_of_a_redirect: object) -> None:
        """Follow none."""


_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
