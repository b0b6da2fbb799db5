"""Connections whose requests begin within bounds of bytes and of time; uvicorn alone sets none."""

from __future__ import annotations

import asyncio
from typing import Final

from schema.http.unread_answers import UnreadAnswers

LARGEST_HEAD: Final = 64 * 1024
HEAD_DEADLINE_S: Final = 10.0


class HeadLimits(UnreadAnswers):
    """Cuts off whoever sends headers, trailers or chunk extensions without end, or never a whole head.

    After an answer any byte ends uvicorn's own patience, empty lines and the rest of a refused body too;
    then the next head is due.
    """

    _unparsed = 0
    _in_head = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connects: its first head is due."""
        super().connection_made(transport)
        self._head_is_due()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of the client."""
        self._unparsed += len(data)
        super().data_received(data)
        if self._unparsed > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The request's head is too large.")
        if self._in_head or self._is_answered():
            self._head_is_due()

    def on_message_begin(self) -> None:
        """A request begins; what these bytes do not bring of its head is due."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._head_is_here()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._unparsed = 0
        super().on_message_complete()

    def _is_answered(self) -> bool:
        """Whether these bytes came after the last answer and are no request."""
        ours = self.transport.get_protocol() is self  # a WebSocket has the transport for itself
        return ours and self.cycle is not None and self.cycle.response_complete

    def _head_is_due(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_DEADLINE_S, self._give_up)

    def _head_is_here(self) -> None:
        self._in_head = False
        self._unparsed = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.send_400_response("The request's head did not arrive in time.")
