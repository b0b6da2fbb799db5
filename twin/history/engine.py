"""DuckDB with a bound on memory, threads, disk and time: the reader and writer of Parquet segments."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from twin.errors import TwinError

if TYPE_CHECKING:
    import duckdb

MEMORY_MB: Final = 128
_THREADS: Final = 2
_SPILL_MB: Final = 4_096


class HistoryUnavailable(TwinError):
    """The history of samples did not answer in time, or its disk is full or failing."""

    code = "history.unavailable"


class Engine:
    """One in-memory DuckDB; statements from several threads run beside each other on cursors of it.

    Installs no extensions and reaches no network.
    """

    def __init__(self, spill: Path, memory_mb: int = MEMORY_MB) -> None:
        self._spill, self._memory_mb = spill, memory_mb
        self._lock = threading.Lock()
        self._opened: duckdb.DuckDBPyConnection | None = None

    def rows(self, statement: str, parameters: Mapping[str, Any], seconds: float) -> list[tuple[Any, ...]]:
        """Run one statement; what it returns.

        Raises:
            HistoryUnavailable: it failed or took longer.
        """
        import duckdb  # noqa: PLC0415 - large, and a service without samples never asks it

        cursor: duckdb.DuckDBPyConnection | None = None
        deadline: threading.Timer | None = None
        try:
            cursor = self._cursor()
            deadline = threading.Timer(seconds, cursor.interrupt)
            deadline.start()
            return cursor.execute(statement, dict(parameters)).fetchall()
        except duckdb.Error as cause:
            raise HistoryUnavailable("the history of samples did not answer; ask again") from cause
        finally:
            if deadline is not None:
                deadline.cancel()
            if cursor is not None:
                cursor.close()

    def close(self) -> None:
        """Let go of its memory."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        import duckdb  # noqa: PLC0415

        with self._lock:
            if self._opened is None:
                self._opened = duckdb.connect(":memory:", config=self._configuration())
            return self._opened.cursor()

    def _configuration(self) -> dict[str, Any]:
        return {
            "memory_limit": f"{self._memory_mb}MB",
            "threads": _THREADS,
            "temp_directory": str(self._spill),
            "max_temp_directory_size": f"{_SPILL_MB}MB",
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
