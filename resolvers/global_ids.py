"""Global ids: the opaque form of a thing's kind and key."""

from __future__ import annotations

import base64
import binascii

from twin.errors import Refused


def global_id(kind: str, key: str) -> str:
    """The id by which ``node(id:)`` finds a thing again."""
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


def thing_of(identifier: str) -> tuple[str, str]:
    """The kind and key that an id stands for.

    Raises:
        Refused: ``id.bad`` when no answer of this service can have carried it.
    """
    try:
        text = base64.b64decode(identifier, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = ""
    kind, colon, key = text.partition(":")
    if not colon or not kind or not key:
        raise Refused("The id is none that this service gave out.", code="id.bad", field="id")
    return kind, key
