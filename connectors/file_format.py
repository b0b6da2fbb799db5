"""A file that a machine left in a folder, and what a reader of one format promises."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from connectors.contract import Options
from connectors.errors import BadOption
from connectors.file_clock import zone_of
from twin.events.event import Event
from twin.vocabulary.identifiers import EquipmentId, LotId, OperationCode
from twin.vocabulary.instants import Instant

HEAD_BYTES = 4096
"""How much of a file a reader sees when asked whether it knows the format."""

Clock: TypeAlias = Literal["content", "file"]
RowOrder: TypeAlias = Literal["as_seen", "y_rising", "y_falling"]


class FileOptions(Options, frozen=True, kw_only=True):
    """Which folder, whose files, and how to read what the files leave open.

    ``equipment_pattern`` is a regular expression over the file name with a group ``equipment_id`` and,
    if wanted, a group ``at``; nothing else is ever taken from a name. ``clock`` says which of the two
    clocks dates a map: the stamp inside it, or the file (the name's ``at``, else its modification
    time). ``utc_offset`` belongs to stamps that carry none. ``row_order`` says how the rows of a map
    lie in the file: as a picture of the substrate, or by y. ``test_values`` keeps the measured values of
    a test, ``part_id_is_unit`` says that its part ids are serial numbers, not touchdown counters.
    """

    folder: Path
    poll_s: Annotated[float, Meta(gt=0, le=3600)] = 1.0
    equipment_id: EquipmentId | None = None
    equipment_pattern: str | None = None
    lot_id: LotId | None = None
    operation: OperationCode | None = None
    utc_offset: str = "+00:00"
    clock: Clock = "content"
    row_order: RowOrder = "as_seen"
    test_values: bool = False
    part_id_is_unit: bool = False
    max_bytes: Annotated[int, Meta(ge=1, le=1_073_741_824)] = 67_108_864

    def __post_init__(self) -> None:
        try:
            zone_of(self.utc_offset)
        except ValueError as error:
            raise BadOption(("utc_offset",), str(error)) from error
        try:
            re.compile(self.equipment_pattern or "")
        except re.error as error:
            reason = f"equipment_pattern is no regular expression: {error}"
            raise BadOption(("equipment_pattern",), reason) from error


@dataclass(frozen=True)
class DroppedFile:
    """One file as it lay in the folder: its name, its bytes and when it was last written."""

    name: str
    data: bytes
    modified_at: Instant


@dataclass(frozen=True)
class FileFormat:
    """One file format: how to know it by its first bytes, and how to read it.

    ``read`` raises ``UnreadableMessage`` and nothing else, whatever the bytes are.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[DroppedFile, FileOptions], list[Event]]
