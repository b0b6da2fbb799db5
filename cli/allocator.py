"""Gives memory back to the machine that the C library would rather keep for later."""

from __future__ import annotations

import ctypes
import threading
import time
from typing import Final

_TRIM_THRESHOLD: Final = -1
_ARENA_MAX: Final = -8
"""What glibc calls these in malloc.h."""

_ROOM_KEPT: Final = 1 << 20
_ARENAS: Final = 2
"""The event loop's and one for all other threads; each more would keep room of its own."""

_EVERY_S: Final = 10.0


def give_back_early() -> None:
    """Keep little of what was freed, now and from now on; does nothing where the C library is another."""
    library = _glibc()
    if library is None:
        return
    library.mallopt(_TRIM_THRESHOLD, _ROOM_KEPT)
    library.mallopt(_ARENA_MAX, _ARENAS)
    threading.Thread(target=_keep_trimming, args=(library,), name="allocator", daemon=True).start()


def trim() -> bool:
    """Give back all that is free; whether the C library can."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)
    return library is not None


def _keep_trimming(library: ctypes.CDLL) -> None:
    while True:
        time.sleep(_EVERY_S)
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
    except OSError:  # a Python that holds its C library itself
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
