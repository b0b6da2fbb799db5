"""Options of a folder of wafer and strip maps."""

from __future__ import annotations

from connectors.file_format import FileOptions


class WaferMapOptions(FileOptions, frozen=True, kw_only=True):
    """A folder into which die bonders and sorters write their maps."""
