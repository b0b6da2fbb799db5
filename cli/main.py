"""The ``dieloom`` command: every subcommand in a file of its own."""

from __future__ import annotations

import typer

from cli import dead_letters, import_files, ingest, migrate, recall, schema, token, trace, up
from cli.output import failing

app = typer.Typer(
    name="dieloom",
    help="A GraphQL digital twin of a semiconductor back-end or LED packaging plant.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("token")(token.token)
app.command("ingest")(ingest.ingest)
app.command("import")(import_files.import_files)
app.command("trace")(trace.trace)
app.command("recall")(recall.recall)
app.command("migrate")(migrate.migrate)
app.command("schema")(schema.schema)
app.add_typer(dead_letters.app, name="dead-letters")


def main() -> None:
    """Run the command; a refusal ends with its words on stderr and a non-zero exit."""
    with failing():
        app()
