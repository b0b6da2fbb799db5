"""The folders of the embedded graph: the one that answers, and one built beside it to take its place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from twin.supervision import leave_alone, write_private

FOLDER: Final = "graph"
_NEXT: Final = "graph.next"
_FORMER: Final = "graph.former"
_COMPLETE: Final = "complete"


async def begun(data_dir: Path) -> Path:
    """An empty folder for a graph to be built in; what an earlier try left there is stopped and gone.

    Raises:
        StoreInUse: a living process builds there.
    """
    folder = data_dir / _NEXT
    if folder.exists():
        await leave_alone(folder, FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def complete(data_dir: Path) -> None:
    """Say that the graph built beside is whole: from now on it is the one, whatever happens."""
    write_private(data_dir / _NEXT / _COMPLETE, "")
    _sync(data_dir / _NEXT)
    _sync(data_dir)


async def swap(data_dir: Path) -> bool:
    """Put a complete graph in the place of the present one; whether there was any.

    Doing so again after a crash at any step ends the same. An incomplete one is left to be begun anew.

    Raises:
        StoreInUse: a living process runs a graph in one of the folders.
    """
    present, built, former = (data_dir / name for name in (FOLDER, _NEXT, _FORMER))
    swapped = (built / _COMPLETE).exists()
    if swapped:
        for folder in (present, built):
            if folder.exists():
                await leave_alone(folder, FOLDER)
        if present.exists():
            shutil.rmtree(former, ignore_errors=True)
            present.replace(former)
        built.replace(present)
        _sync(data_dir)
    (present / _COMPLETE).unlink(missing_ok=True)
    shutil.rmtree(former, ignore_errors=True)
    return swapped


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
