"""Which of the two GraphQL media types a client prefers."""

from __future__ import annotations

from typing import Final

RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"
_EXACT: Final = 2


def preferred(accept: str | None) -> str | None:
    """The media type to answer in; None when the client accepts neither.

    Plain JSON where the client does not say, as GraphQL over HTTP asks; on a tie the exact name wins.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = [_range(part) for part in accept.split(",")[:64]]
    (response, exactness), (plain, _) = _wanted(RESPONSE, ranges), _wanted(JSON, ranges)
    if response == plain == 0:
        return None
    if response == plain:
        return RESPONSE if exactness == _EXACT else JSON
    return RESPONSE if response > plain else JSON


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return kind, quality


def _wanted(kind: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """How much a media type is wanted, and how exactly it was named."""
    best = (0.0, -1)
    for wanted, quality in ranges:
        exactness = {kind: _EXACT, "application/*": 1, "*/*": 0}.get(wanted, -1)
        if exactness > best[1]:
            best = (quality, exactness)
    return best
