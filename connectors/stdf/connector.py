"""Watches a folder of test results until it is told to stop."""

from __future__ import annotations

from typing import Final

from connectors.contract import Connector, Intake
from connectors.dropped_files import watch
from connectors.stdf.config import StdfOptions
from connectors.stdf.file_formats import FORMATS


async def run(options: StdfOptions, intake: Intake) -> None:
    """Reports what each file states."""
    await watch(options, intake, FORMATS)


CONNECTOR: Final = Connector(config=StdfOptions, run=run)
