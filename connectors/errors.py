"""The two things that go wrong between the twin and a source.

ConnectorError
├── SourceUnavailable    the wire is dead or silent: wait, connect again
└── UnreadableMessage    one message makes no sense: keep its bytes as a dead letter, go on
"""

from __future__ import annotations


class ConnectorError(Exception):
    """A source could not be heard or understood."""


class SourceUnavailable(ConnectorError):
    """The source does not answer or went away; it may come back."""


class UnreadableMessage(ConnectorError):
    """One message cannot be read or has no meaning here; the next one may."""

    def __init__(self, reason: str, *, stage: str = "decode") -> None:
        super().__init__(reason)
        self.reason = reason
        self.stage = stage
