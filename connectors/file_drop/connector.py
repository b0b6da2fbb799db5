"""Watches a folder of files of any known format until it is told to stop."""

from __future__ import annotations

from typing import Final

from connectors.contract import Connector, Intake
from connectors.dropped_files import watch
from connectors.file_drop.config import FileDropOptions
from connectors.recognition import all_formats


async def run(options: FileDropOptions, intake: Intake) -> None:
    """Reports what each file states, recognised by its content."""
    await watch(options, intake, all_formats())


CONNECTOR: Final = Connector(config=FileDropOptions, run=run)
