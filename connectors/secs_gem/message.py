"""HSMS messages (SEMI E37): the ten header bytes, and the bytes they frame."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final, NamedTuple

from connectors.errors import SourceUnavailable

CONTROL_SESSION: Final = 0xFFFF
_HEADER: Final = struct.Struct(">HBBBBI")
HEADER_LENGTH: Final = _HEADER.size


class Kind(IntEnum):
    """The session types (SType) of HSMS."""

    DATA = 0
    SELECT_REQUEST = 1
    SELECT_RESPONSE = 2
    DESELECT_REQUEST = 3
    DESELECT_RESPONSE = 4
    LINKTEST_REQUEST = 5
    LINKTEST_RESPONSE = 6
    REJECT = 7
    SEPARATE = 9


class Message(NamedTuple):
    """One HSMS message; a data message carries a SECS-II stream, function and body."""

    session_id: int
    byte2: int
    byte3: int
    kind: int
    system: int
    body: bytes = b""
    presentation: int = 0

    @property
    def stream(self) -> int:
        """The SECS-II stream of a data message."""
        return self.byte2 & 0x7F

    @property
    def function(self) -> int:
        """The SECS-II function of a data message; even ones are replies."""
        return self.byte3

    @property
    def wants_reply(self) -> bool:
        """Whether the sender waits for an answer (the W bit)."""
        return bool(self.byte2 & 0x80)

    @property
    def header(self) -> bytes:
        """The ten header bytes as sent, which S9 messages quote."""
        return _HEADER.pack(
            self.session_id, self.byte2, self.byte3, self.presentation, self.kind, self.system
        )

    @property
    def name(self) -> str:
        """How engineers write it, such as S6F11."""
        return f"S{self.stream}F{self.function}" if self.kind == Kind.DATA else f"HSMS {self.kind}"

    @property
    def frame(self) -> bytes:
        """The bytes on the wire: length, header, body."""
        return (HEADER_LENGTH + len(self.body)).to_bytes(4) + self.header + self.body


def data(device: int, stream: int, function: int, system: int, body: bytes, *, wait: bool = False) -> Message:
    """A SECS-II message of a device."""
    return Message(device, stream | (0x80 if wait else 0), function, Kind.DATA, system, body)


def control(
    kind: Kind, system: int, *, status: int = 0, detail: int = 0, session: int = CONTROL_SESSION
) -> Message:
    """A message of the session itself; ``status`` is the select or reject reason."""
    return Message(session, detail, status, kind, system)


class Splitter:
    """Cuts the byte stream of one connection into messages."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._held = bytearray()

    @property
    def partial(self) -> bool:
        """Whether part of a message is held, so that the next byte must come within T8."""
        return bool(self._held)

    def feed(self, received: bytes) -> list[Message]:
        """The messages that are complete now.

        Raises:
            SourceUnavailable: a length is below 10 or above the maximum: the stream cannot be trusted.
        """
        held = self._held
        held += received
        messages: list[Message] = []
        at = 0
        while len(held) - at >= 4:
            length = int.from_bytes(held[at : at + 4])
            if not HEADER_LENGTH <= length <= self._maximum:
                raise SourceUnavailable(f"a frame of {length} bytes; allowed: 10 to {self._maximum}")
            end = at + 4 + length
            if len(held) < end:
                break
            messages.append(_message(bytes(held[at + 4 : end])))
            at = end
        del held[:at]
        return messages


def _message(raw: bytes) -> Message:
    session, byte2, byte3, presentation, kind, system = _HEADER.unpack_from(raw)
    return Message(session, byte2, byte3, kind, system, raw[HEADER_LENGTH:], presentation)
