"""``dieloom schema``: the served GraphQL schema, or the JSON Schema of the events."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer


def schema(
    events: Annotated[bool, typer.Option("--events", help="The JSON Schema of the events.")] = False,  # noqa: FBT002
) -> None:
    """Print what integrators build against."""
    if events:
        from twin.events.json_schema import events_schema

        print(orjson.dumps(events_schema(), option=orjson.OPT_INDENT_2).decode())
        return
    from schema.build import sdl

    print(sdl())
