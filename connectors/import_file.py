"""One file handed in by hand or over HTTP, as the facts it states."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from connectors.errors import UnreadableMessage
from connectors.file_format import DroppedFile, FileOptions
from connectors.recognition import all_formats, read
from twin.errors import Refused
from twin.events.event import Event
from twin.vocabulary.instants import Instant

IMPORT_SOURCE: Final = "import"


def events_of(
    name: str, data: bytes, imported_at: Instant, options: FileOptions | None = None
) -> list[Event]:
    """The facts of a file, whatever its format; ``imported_at`` dates what the file itself does not.

    The same bytes give the same event ids as through a watched folder.

    Raises:
        UnreadableMessage: the file is of no known format (the reason names them all), or is broken.
    """
    given = options or FileOptions(id=IMPORT_SOURCE, state_dir=Path(), folder=Path())
    return read(DroppedFile(name, data, imported_at), given, all_formats())


def facts_of(name: str, data: bytes, imported_at: Instant) -> list[Event]:
    """Like ``events_of``, for whoever knows nothing of connectors.

    Raises:
        Refused: the file cannot be read; the words say why, and which formats can.
    """
    try:
        return events_of(name, data, imported_at)
    except UnreadableMessage as unreadable:
        raise Refused(unreadable.reason, code="file.unreadable", field="body") from unreadable
