"""Connections whose clients take their answers within a bound of time; uvicorn alone waits for ever."""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

UNREAD_DEADLINE_S: Final = 120.0
"""Long: a system takes a slow reader's bytes from us by the megabyte."""


class UnreadAnswers(HttpToolsProtocol):
    """Cuts off whoever takes nothing of a large answer: it is held in memory until it is sent.

    Closing does not help, for a transport that is closed sends first what it holds.
    """

    _unread = 0
    _look: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client is behind: from now on something must be taken in every stretch of time."""
        super().pause_writing()
        self._look_later()

    def resume_writing(self) -> None:
        """The client has taken nearly all."""
        self._look_no_more()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._look_no_more()
        super().connection_lost(exc)

    def _look_later(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        self._look = self.loop.call_later(UNREAD_DEADLINE_S, self._cut_off_or_wait)

    def _look_no_more(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _cut_off_or_wait(self) -> None:
        self._look = None
        if self.transport.get_protocol() is not self:  # a WebSocket has its own deadlines
            return
        if self.transport.get_write_buffer_size() < self._unread:
            self._look_later()
        else:
            self.transport.abort()
