"""How every command speaks: words for people, JSON when asked, a non-zero exit on failure."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final, TypeAlias

import orjson
import typer
from rich.console import Console, ConsoleOptions
from rich.table import Table

from twin.errors import TwinError

_WIDEST: Final = 10_000

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def say(words: str, facts: dict[str, Any], *, as_json: bool) -> None:
    """Print one answer, as words or as JSON."""
    print(orjson.dumps(facts).decode() if as_json else plain(words))


def note(words: str) -> None:
    """Print something that is not the answer: progress, advice."""
    print(plain(words), file=sys.stderr, flush=True)


def show(table: Table) -> None:
    """Print a table with nothing cut off: a narrow terminal folds, a file or a pipe gets whole lines."""
    for column in table.columns:
        column.overflow = "fold"
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = max(console.width, console.measure(table, options=_wide(console)).maximum)
    console.print(table)


def _wide(console: Console) -> ConsoleOptions:
    return console.options.update(width=_WIDEST)


@contextmanager
def failing() -> Iterator[None]:
    """Turn a typed error into its words on stderr and exit code 1."""
    try:
        yield
    except TwinError as error:
        note(f"dieloom: {error.code}: {error.message}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


_STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(words: str) -> str:
    """Words of strangers without what would steer a terminal."""
    return _STEERING.sub("\ufffd", words)
