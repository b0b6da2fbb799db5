"""The outboxes of a data directory, with the archives behind them, for commands that read every event."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from twin.errors import Refused
from twin.intake.kept import KeptOutbox


def outboxes(data_dir: Path, stack: AsyncExitStack) -> list[KeptOutbox]:
    """The outboxes, for reading, until the stack unwinds.

    Raises:
        Refused: there is none.
    """
    found = []
    for path in sorted(data_dir.glob("outbox/outbox*.sqlite")):
        found.append(KeptOutbox(path, data_dir / "archive"))
        stack.callback(found[-1].close)
    if not found:
        raise Refused(f"{data_dir} holds no outbox: nothing was ever accepted there", code="outbox.absent")
    return found
