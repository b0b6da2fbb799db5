"""Watches a folder of wafer and strip maps until it is told to stop."""

from __future__ import annotations

from typing import Final

from connectors.contract import Connector, Intake
from connectors.dropped_files import watch
from connectors.wafer_map.config import WaferMapOptions
from connectors.wafer_map.file_formats import FORMATS


async def run(options: WaferMapOptions, intake: Intake) -> None:
    """Reports what each file states."""
    await watch(options, intake, FORMATS)


CONNECTOR: Final = Connector(config=WaferMapOptions, run=run)
