"""Which format a file has, by what it holds and never by its name."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

from connectors.errors import UnreadableMessage
from connectors.file_format import HEAD_BYTES, DroppedFile, FileFormat, FileOptions
from twin.events.event import Event

_LOG: Final = logging.getLogger(__name__)


@cache
def all_formats() -> tuple[FileFormat, ...]:
    """Every format that a folder beside this file reads, from its file_formats.py."""
    folders = sorted(found.parent.name for found in Path(__file__).parent.glob("*/file_formats.py"))
    return tuple(
        known for folder in folders for known in import_module(f"connectors.{folder}.file_formats").FORMATS
    )


def read(file: DroppedFile, options: FileOptions, formats: Sequence[FileFormat]) -> list[Event]:
    """The facts of a file, read by the first format that knows its first bytes.

    Raises:
        UnreadableMessage: no format knows it, or the one that does cannot read it.
    """
    head = file.data[:HEAD_BYTES]
    known = next((candidate for candidate in formats if candidate.recognises(head)), None)
    if known is None:
        allowed = ", ".join(candidate.name for candidate in formats)
        raise UnreadableMessage(f"none of the formats read here: {allowed}", stage="recognise")
    try:
        return known.read(file, options)
    except UnreadableMessage as error:
        raise UnreadableMessage(f"{known.name}: {error.reason}", stage=error.stage) from error
    except Exception as fault:
        # A file that breaks its reader would break it again after every restart.
        _LOG.exception("the %s reader failed", known.name)
        raise UnreadableMessage(f"{known.name}: the reader failed ({type(fault).__name__})") from fault
