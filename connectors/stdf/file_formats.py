"""The test result formats that this folder reads."""

from __future__ import annotations

from typing import Final

from connectors.file_format import FileFormat
from connectors.stdf import client, mapping

FORMATS: Final = (FileFormat(name="STDF", recognises=client.recognises, read=mapping.read),)
