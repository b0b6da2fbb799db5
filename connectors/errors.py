"""What goes wrong between the twin and a source: two things at work, one while it is set up.

ConnectorError
├── SourceUnavailable    the wire is dead or silent: wait, connect again
├── UnreadableMessage    one message makes no sense: keep its bytes as a dead letter, go on
└── FactoryFileRefused   factory.yaml cannot be: says file, line, field and what is allowed

BadOption (a ValueError) is an option that fits its type and still makes no sense; it says where.
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


class BadOption(ValueError):
    """An option that cannot be; ``path`` leads to it inside the instance's options."""

    def __init__(self, path: tuple[str | int, ...], reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


class FactoryFileRefused(ConnectorError):
    """factory.yaml cannot be used; the message says file, line, field and what is allowed."""
