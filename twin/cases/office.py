"""Everything that one process does about recall cases, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from twin.cases.desk import Desk
from twin.cases.ledger import CaseLedger
from twin.graph.session import Graph
from twin.intake.intake import Intake
from twin.intake.ledger import now


class Office:
    """The cases of one deployment, in the file ``cases.sqlite`` of a folder."""

    def __init__(
        self,
        folder: Path,
        graph: Graph,
        intake: Intake,
        clock: Callable[[], int] = now,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        heavy = asyncio.Semaphore(1)
        self.ledger = CaseLedger(folder / "cases.sqlite", clock)
        self.desk = Desk(self.ledger, graph, lambda: intake.outbox.watermark().encode(), clock, heavy)

    def close(self) -> None:
        """Let go of the files."""
        self.ledger.close()
