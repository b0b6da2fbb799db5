"""The inspection formats that this folder reads."""

from __future__ import annotations

from typing import Final

from connectors.file_format import FileFormat
from connectors.klarf import client, mapping

FORMATS: Final = (FileFormat(name="KLARF", recognises=client.recognises, read=mapping.read),)
