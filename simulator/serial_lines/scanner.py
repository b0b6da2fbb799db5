"""A barcode scanner on a pseudo-terminal, as a serial port sees it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import struct
import termios
import tty
from pathlib import Path
from typing import Final

_LONGEST_WAIT_S: Final = 5


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

    async def scan(self, code: str) -> bool:
        """Send one code and wait for the beep: until it is read; false when nobody reads."""
        try:
            os.write(self._near, code.encode() + b"\r\n")
        except BlockingIOError:
            return False
        for _ in range(_LONGEST_WAIT_S * 100):
            if self._unread == 0:
                return True
            await asyncio.sleep(0.01)
        return False

    @property
    def _unread(self) -> int:
        return int(struct.unpack("i", fcntl.ioctl(self._far, termios.FIONREAD, b"\0" * 4))[0])

    def close(self) -> None:
        """Unplug it."""
        self._link.unlink(missing_ok=True)
        os.close(self._near)
        os.close(self._far)
