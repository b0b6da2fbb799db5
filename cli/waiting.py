"""What a command shows while the service works: a moving line on a terminal, else a line every 5 s."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console

from cli.output import note

_EVERY_S: Final = 5.0


class Waiting:
    """What is being done now; the words may change while it is done."""

    def __init__(self, words: str) -> None:
        self.words = words
        self._started = time.monotonic()

    @property
    def line(self) -> str:
        """The words and for how long."""
        return f"{self.words} ({time.monotonic() - self._started:.0f} s)"


@contextmanager
def waiting(words: str) -> Iterator[Waiting]:
    """Tell on stderr what is being waited for, until it is there."""
    told = Waiting(words)
    if sys.stderr.isatty():
        with Console(stderr=True).status(words) as status, _every(1.0, lambda: status.update(told.line)):
            yield told
    else:
        with _every(_EVERY_S, lambda: note(told.line)):
            yield told


@contextmanager
def _every(seconds: float, tell: Callable[[], None]) -> Iterator[None]:
    done = threading.Event()

    def run() -> None:
        while not done.wait(seconds):
            tell()

    thread = threading.Thread(target=run, name="waiting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
