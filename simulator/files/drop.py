"""A shared folder that machines drop files into."""

from __future__ import annotations

from pathlib import Path


def drop(folder: Path, name: str, content: bytes) -> Path:
    """Write a file under a hidden name, then rename it: it is whole when it appears."""
    hidden = folder / f".{name}.part"
    hidden.write_bytes(content)
    return hidden.rename(folder / name)
