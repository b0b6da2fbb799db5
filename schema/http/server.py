"""The HTTP server of one process: a listening socket, and uvicorn without its own signal handlers."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from twin.errors import TwinError


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the service stops everything in its own order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave every signal to the service."""
        yield


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; port 0 takes a free one.

    Raises:
        TwinError: the address is in use or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else answers wait 40 ms for an ACK
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as cause:
        listener.close()
        raise TwinError(
            f"{host}:{port} cannot be listened on: {cause.strerror}", code="setting.port_in_use"
        ) from None
    with listener:
        yield listener
