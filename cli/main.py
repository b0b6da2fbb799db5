"""The ``dieloom`` command: every subcommand in a file of its own, loaded only when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import typer

from cli.output import failing

_COMMANDS: Final = {
    "up": "up",
    "token": "token",
    "ingest": "ingest",
    "import": "import_files",
    "trace": "trace",
    "recall": "recall",
    "drill": "drill",
    "replay": "replay",
    "migrate": "migrate",
    "schema": "schema",
}
_GROUPS: Final = {"dead-letters": "dead_letters", "archive": "archive"}


def main() -> None:
    """Run the command; a refusal ends with its words on stderr and a non-zero exit."""
    with failing():
        _app(sys.argv[1] if len(sys.argv) > 1 else "")()


def _app(asked: str) -> typer.Typer:
    """The command with the asked subcommand, or with all of them when none of that name is asked."""
    app = typer.Typer(
        name="dieloom", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    app.callback(help="A GraphQL digital twin of a semiconductor back-end or LED packaging plant.")(_group)
    known = asked in _COMMANDS or asked in _GROUPS
    for name, module in _COMMANDS.items():
        if name == asked or not known:
            app.command(name)(getattr(import_module(f"cli.{module}"), module))
    for name, module in _GROUPS.items():
        if name == asked or not known:
            app.add_typer(import_module(f"cli.{module}").app, name=name)
    return app


def _group() -> None:
    """Nothing of its own: the subcommands do the work."""
