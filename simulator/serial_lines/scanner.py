"""A barcode scanner on a pseudo-terminal, as a serial port sees it."""

from __future__ import annotations

import os
import pty
import tty
from pathlib import Path


class Scanner:
    """Types what it reads into a serial line, each code ended by CR LF."""

    def __init__(self, link: Path) -> None:
        self._near, self._far = pty.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._far))
        self._link = link

    def scan(self, code: str) -> bool:
        """Send one code; false when nobody reads the line and its buffer is full."""
        try:
            os.write(self._near, code.encode() + b"\r\n")
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Unplug it."""
        self._link.unlink(missing_ok=True)
        os.close(self._near)
        os.close(self._far)
