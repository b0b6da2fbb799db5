"""Request bodies, read whole but never larger or slower than allowed."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request

from schema.http.problem import RequestRefused

READ_DEADLINE_S: Final = 60.0


async def body_of(request: Request, largest: int) -> bytes:
    """The bytes of the request.

    Raises:
        RequestRefused: 413 when it is larger, 408 when it is too slow, 415 when it is compressed.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RequestRefused("send the body uncompressed", code="request.bad_encoding", status=415)
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > largest:
        raise _too_large(largest)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_DEADLINE_S):
            async for part in request.stream():
                size += len(part)
                if size > largest:
                    raise _too_large(largest)
                parts.append(part)
    except TimeoutError:
        raise RequestRefused(
            f"the body did not arrive within {READ_DEADLINE_S:.0f} s", code="request.timeout", status=408
        ) from None
    return b"".join(parts)


def _too_large(largest: int) -> RequestRefused:
    return RequestRefused(
        f"the body is larger than {largest} bytes; send less at once", code="request.too_large", status=413
    )
