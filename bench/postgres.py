r"""A PostgreSQL server of this machine, started in a folder of its own and asked by its own client, psql.

Times are psql's ``\timing`` of a prepared statement, from sending it over a Unix socket to its last row.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_DEBIAN: Final = Path("/usr/lib/postgresql")
_USER: Final = "bench"
_START_S: Final = 30.0
_STOP_S: Final = 20.0
_ASK_S: Final = 300.0
_TIME: Final = re.compile(r"^Time: ([\d.]+) ms", re.MULTILINE)
_TUNED: Final = (
    *("-c", "shared_buffers=512MB", "-c", "work_mem=64MB", "-c", "effective_cache_size=2GB"),
    *("-c", "jit=off", "-c", "fsync=off", "-c", "random_page_cost=1.1", "-c", "listen_addresses="),
)
"""In memory as far as it can be; compiling costs more than such a question takes."""


class Postgres:
    """One running server."""

    def __init__(self, binaries: Path, sockets: Path) -> None:
        self._psql, self._sockets = binaries / "psql", sockets

    def run(self, script: str) -> str:
        """What psql prints for a script, rows without any frame."""
        where = ["-h", str(self._sockets), "-U", _USER, "-d", "postgres"]
        command = [str(self._psql), "-XqAt", "-v", "ON_ERROR_STOP=1", *where]
        done = subprocess.run(
            command, input=script, capture_output=True, text=True, timeout=_ASK_S, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def fill(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Copy rows into a table."""
        lines = ("\t".join("\\N" if value is None else str(value) for value in row) for row in rows)
        self.run(f"COPY {table} FROM STDIN;\n" + "\n".join(lines) + "\n\\.\n")

    def times(self, question: str, argument: str, count: int) -> list[float]:
        """Milliseconds of a question with one argument, asked so often after two that are not counted."""
        ask = f"EXECUTE asked('{argument}');\n"
        told = self.run(f"PREPARE asked(text) AS {question};\n{ask * 2}\\timing on\n{ask * count}")
        return [float(took) for took in _TIME.findall(told)]

    def answer(self, question: str, argument: str) -> list[str]:
        """The one row that answers a question, as text."""
        asked = f"PREPARE asked(text) AS {question};\nEXECUTE asked('{argument}');\n"
        return self.run(asked).strip().split("|")


@contextmanager
def postgres_here() -> Iterator[Postgres | None]:
    """A fresh server; None where this machine has no PostgreSQL."""
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="dieloom-postgres-") as folder:
        owner = _owner(Path(folder))
        _silent([binaries / "initdb", "-D", f"{folder}/data", "-A", "trust", "-U", _USER, "--no-sync"], owner)
        server = subprocess.Popen(
            [binaries / "postgres", "-D", f"{folder}/data", "-k", folder, *_TUNED],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=owner,
            cwd=folder,
        )
        try:
            _wait(binaries, folder, server)
            yield Postgres(binaries, Path(folder))
        finally:
            server.terminate()
            server.wait(_STOP_S)


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parents[1].name))
    return versions[-1].parent if versions else None


def _owner(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: another user gets the folder."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    os.chown(folder, pwd.getpwnam(name).pw_uid, -1)
    return name


def _silent(command: Sequence[object], user: str | None) -> None:
    words = [str(word) for word in command]
    subprocess.run(words, stdout=subprocess.DEVNULL, user=user, cwd="/", timeout=_START_S, check=True)


def _wait(binaries: Path, folder: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    ready = [str(binaries / "pg_isready"), "-q", "-h", folder]
    while subprocess.run(ready, check=False, timeout=_START_S).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start")
        time.sleep(0.05)
