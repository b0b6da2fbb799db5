"""Options of a folder of test results."""

from __future__ import annotations

from connectors.file_format import FileOptions


class StdfOptions(FileOptions, frozen=True, kw_only=True):
    """A folder into which testers write their STDF files."""
