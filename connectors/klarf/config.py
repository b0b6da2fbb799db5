"""Options of a folder of inspection results."""

from __future__ import annotations

from connectors.file_format import FileOptions


class KlarfOptions(FileOptions, frozen=True, kw_only=True):
    """A folder into which inspection machines write their KLARF files."""
