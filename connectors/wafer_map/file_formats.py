"""The map formats that this folder reads."""

from __future__ import annotations

from typing import Final

from connectors.file_format import FileFormat
from connectors.wafer_map import e142, g85, sinf

FORMATS: Final = (
    FileFormat(name="E142", recognises=e142.recognises, read=e142.read),
    FileFormat(name="G85", recognises=g85.recognises, read=g85.read),
    FileFormat(name="SINF", recognises=sinf.recognises, read=sinf.read),
)
