"""What a connector promises the twin, and what the twin gives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, Protocol, TypeAlias, TypeVar

from msgspec import Meta, Struct

from twin.events.event import Event

Emit: TypeAlias = Callable[[Sequence[Event]], Awaitable[None]]
"""Returns once every event is durable or was already known; raises when that could not be done.

A device is acknowledged only after it returned. Event ids are chosen so that a resend is a duplicate.
"""

Refuse: TypeAlias = Callable[[bytes, str, str], Awaitable[None]]
"""Keeps the raw bytes of a message nobody understands as a dead letter: bytes, stage, reason.

Returns once they are durable; raises when that could not be done.
"""


class Intake(Protocol):
    """The one way from a connector into the twin."""

    @property
    def emit(self) -> Emit:
        """Hands over facts."""

    @property
    def refuse(self) -> Refuse:
        """Hands over what could not become a fact."""


InstanceName: TypeAlias = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", description="letters, digits, . _ : -")
]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every connector instance of factory.yaml has; a connector's own options extend it.

    ``id`` is the ``source`` of its events. ``state_dir`` is a directory of its own that outlives a
    restart; it is given by the deployment, not written in factory.yaml, and created on first use.
    """

    id: InstanceName
    state_dir: Path


C = TypeVar("C", bound=Options)


def _hears_nothing(_options: object) -> str | None:
    return None


@dataclass(frozen=True)
class Connector(Generic[C]):
    """A kind of connector: its options, and how it runs until it is cancelled.

    ``run`` raises ``SourceUnavailable`` when it wants to be started again after a pause.
    ``equipment`` names the machine that nobody hears while this instance is down, if any.
    """

    config: type[C]
    run: Callable[[C, Intake], Awaitable[None]]
    equipment: Callable[[C], str | None] = _hears_nothing
