"""The messages of graphql-transport-ws, read strictly."""

from __future__ import annotations

from typing import Any, Final

import orjson

SUBPROTOCOL: Final = "graphql-transport-ws"
LARGEST_MESSAGE: Final = 64 * 1024
LONGEST_ID: Final = 128


class Closed(Exception):
    """The connection ends, with the code and reason that the client sees."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


BAD_REQUEST: Final = 4400
UNAUTHORIZED: Final = 4401
FORBIDDEN: Final = 4403
BAD_SUBPROTOCOL: Final = 4406
INIT_TIMEOUT: Final = 4408
ID_TAKEN: Final = 4409
TOO_MANY_INITS: Final = 4429
TOO_BIG: Final = 1009
TRY_LATER: Final = 1013


def message_of(text: str | None) -> dict[str, Any]:
    """One message of the client.

    Raises:
        Closed: it is too big, or no message of the protocol.
    """
    if text is None:
        raise Closed(BAD_REQUEST, "messages are text")
    if len(text) > LARGEST_MESSAGE or len(text.encode("utf-8", "replace")) > LARGEST_MESSAGE:
        raise Closed(TOO_BIG, f"a message is at most {LARGEST_MESSAGE} bytes")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closed(BAD_REQUEST, "a message is JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Closed(BAD_REQUEST, "a message is an object with a type")
    if not isinstance(message.get("payload"), dict | None):
        raise Closed(BAD_REQUEST, "a payload is an object")
    return message


def id_of(message: dict[str, Any]) -> str:
    """The id by which client and server name an operation.

    Raises:
        Closed: it is missing or not a short text.
    """
    name = message.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        raise Closed(BAD_REQUEST, f"an id is text of 1 to {LONGEST_ID} characters")
    return name


def token_of(payload: dict[str, Any] | None, header: str | None) -> str | None:
    """What the client proves itself with: in the first message, or in the upgrade's header."""
    for name, value in (payload or {}).items():
        if isinstance(value, str) and name.lower() == "authorization":
            return value
        if isinstance(value, str) and name.lower() == "token":
            return f"Bearer {value}"
    return header
