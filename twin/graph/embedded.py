"""The embedded graph: an ArcadeDB server as a child process, reached over Bolt on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from twin.errors import TwinError
from twin.graph.driver import open_graph
from twin.graph.session import Graph
from twin.supervision import ChildProcess, Launch, StoreDidNotStart, store_port, write_private

DATABASE: Final = "twin"
USER: Final = "root"
HEAP: Final = "1g"

_ADDRESS_FILE: Final = "address.json"
_PASSWORD_FILE: Final = "password"  # noqa: S105 - the name of a file
_HTTP_PORTS: Final = "42480-43479"  # unused by us, but a busy port would leave a server without databases
_MAIN_CLASS: Final = "com.arcadedb.server.ArcadeDBServer"
_JAVA: Final = (
    f"-Xmx{HEAP}",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "--add-modules=jdk.incubator.vector",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Dpolyglot.engine.WarnInterpreterOnly=false",
)
_COLLECTOR: Final = "-XX:+UseParallelGC"
"""Takes a fifth less of the processor than Java's own choice; a full collection of the heap, which a million
events make necessary, holds the graph up for 0.2 s."""

_COLLECTORS: Final = re.compile(r"-XX:\+Use\w+GC")
"""Java starts with one collector only: whoever names another gets it."""

_SERVER: Final = {
    "server.mode": "production",
    "server.defaultDatabases": f"{DATABASE}[{USER}]",
    "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
    "server.httpIncomingHost": "127.0.0.1",
    "server.httpIncomingPort": _HTTP_PORTS,
    "bolt.host": "127.0.0.1",
    "bolt.maxMessageSize": str(64 * 1024 * 1024),
    "txWalFlush": "2",
    "command.timeout": "30000",
    "studio.enabled": "false",
    "support.autoRegister": "false",
    "backup.enabled": "false",
}
_LOGGING: Final = """\
handlers = java.util.logging.ConsoleHandler
.level = INFO
java.util.logging.ConsoleHandler.level = INFO
java.util.logging.ConsoleHandler.formatter = com.arcadedb.log.LogFormatter
"""


class EmbeddedGraphMissing(TwinError):
    """The package with the embedded graph's program is not installed for this machine."""

    code = "graph.not_installed"


@dataclass(frozen=True, kw_only=True)
class GraphAddress:
    """Where a graph answers, and as whom to ask it."""

    url: str
    user: str | None
    password: str | None
    database: str | None

    async def open(self) -> Graph:
        """The graph at this address."""
        return await open_graph(self.url, self.user, self.password, self.database)


class EmbeddedGraph:
    """ArcadeDB on its own folder; every commit is synced to disk, a crash restarts it on the same port."""

    def __init__(self, data_dir: Path, java_options: str | None = None) -> None:
        self.folder = data_dir.absolute()
        self._java_options = tuple((java_options or "").split())
        self._child: ChildProcess | None = None
        self._published = False

    @property
    def pid(self) -> int | None:
        """The process id of the server, ``None`` when none runs."""
        return None if self._child is None else self._child.pid

    @property
    def restarts(self) -> int:
        """How often it came back after a crash."""
        return 0 if self._child is None else self._child.restarts

    async def start(self) -> GraphAddress:
        """Start the server and wait until a query on its database succeeds.

        The address goes into a private file of the folder, for other processes of the same user.

        Raises:
            StoreInUse: another living process runs the graph in this folder.
            StoreDidNotStart: it ended or did not answer in time.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        former = published_address(self.folder)
        port = store_port(None if former is None else int(former.url.rpartition(":")[2]))
        address = GraphAddress(
            url=f"bolt://127.0.0.1:{port}", user=USER, password=_password(self.folder), database=DATABASE
        )
        command = _command(self.folder, port, self._java_options)
        launch = Launch(name="graph", command=command, folder=self.folder)
        self._child = ChildProcess(launch, lambda: _answers(address))
        await self._child.start()
        self._published = True
        write_private(self.folder / _ADDRESS_FILE, msgspec.json.encode(address).decode())
        return address

    async def stop(self) -> None:
        """Stop the server cleanly, or by force when it does not obey."""
        if self._child is not None:
            await self._child.stop()
        if self._published:
            (self.folder / _ADDRESS_FILE).unlink(missing_ok=True)
            self._published = False

    async def given_up(self) -> None:
        """Return when the server crashed so often that it is not started again."""
        if self._child is None:
            raise StoreDidNotStart("the graph was never started")
        await self._child.given_up()


def published_address(data_dir: Path) -> GraphAddress | None:
    """Where the embedded graph of a folder answers, ``None`` when none was started there."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((data_dir / _ADDRESS_FILE).read_bytes(), type=GraphAddress)
    return None


async def _answers(address: GraphAddress) -> bool:
    graph: Graph | None = None
    try:
        async with asyncio.timeout(3.0):
            graph = await address.open()
            return await graph.ready()
    except (TwinError, TimeoutError):
        return False
    finally:
        if graph is not None:
            await graph.close()


def _password(folder: Path) -> str:
    file = folder / _PASSWORD_FILE
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text(encoding="utf-8")


def _command(folder: Path, port: int, java_options: tuple[str, ...]) -> tuple[str, ...]:
    package = _package()
    java = package / "jre" / "bin" / ("java.exe" if sys.platform == "win32" else "java")
    log_settings = folder / "logging.properties"
    write_private(log_settings, _LOGGING)
    settings = _SERVER | {
        "bolt.port": str(port),
        "server.rootPath": str(folder),
        "server.databaseDirectory": str(folder / "databases"),
        "server.logsDirectory": str(folder / "log"),
        "server.rootPasswordPath": str(folder / _PASSWORD_FILE),
    }
    return (
        str(java),
        *_JAVA,
        *(() if any(map(_COLLECTORS.fullmatch, java_options)) else (_COLLECTOR,)),
        *java_options,
        f"-Djava.util.logging.config.file={log_settings}",
        *(f"-Darcadedb.{name}={value}" for name, value in settings.items()),
        "-cp",
        str(package / "jars" / "*"),
        _MAIN_CLASS,
    )


def _package() -> Path:
    # Found, not imported: importing it would load a JVM into this process.
    found = find_spec("arcadedb_embedded")
    if found is None or found.origin is None:
        raise EmbeddedGraphMissing("install arcadedb-embedded, or name a graph in DIELOOM_GRAPH_URL")
    return Path(found.origin).parent
