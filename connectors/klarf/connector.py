"""Watches a folder of inspection results until it is told to stop."""

from __future__ import annotations

from typing import Final

from connectors.contract import Connector, Intake
from connectors.dropped_files import watch
from connectors.klarf.config import KlarfOptions
from connectors.klarf.file_formats import FORMATS


async def run(options: KlarfOptions, intake: Intake) -> None:
    """Reports what each file states."""
    await watch(options, intake, FORMATS)


CONNECTOR: Final = Connector(config=KlarfOptions, run=run)
