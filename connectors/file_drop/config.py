"""Options of a folder of files of any known format."""

from __future__ import annotations

from connectors.file_format import FileOptions


class FileDropOptions(FileOptions, frozen=True, kw_only=True):
    """A folder of maps, test results and inspections side by side."""
