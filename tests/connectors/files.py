from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.file_format import DroppedFile, FileOptions
from twin.vocabulary.instants import Instant

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
WRITTEN_AT = Instant(1_767_600_000_000)


def options(**given: Any) -> FileOptions:
    return FileOptions(id="drop-01", state_dir=Path("state"), folder=Path("in"), **given)


def dropped(data: bytes, name: str = "file") -> DroppedFile:
    return DroppedFile(name, data, WRITTEN_AT)


def shared_file(*path: str) -> DroppedFile:
    found = SHARED.joinpath(*path)
    if not found.exists():
        pytest.skip(f"../shared/data/{'/'.join(path)} is not here")
    return dropped(found.read_bytes(), found.name)
