"""``dieloom schema``: the served GraphQL schema, or the JSON Schema of the events."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from schema.build import build_schema, sdl
from twin.events.json_schema import event_schema


def schema(
    events: Annotated[bool, typer.Option("--events", help="The JSON Schema of the events.")] = False,  # noqa: FBT002
) -> None:
    """Print what integrators build against."""
    if events:
        print(orjson.dumps(event_schema(), option=orjson.OPT_INDENT_2).decode())
        return
    print(sdl(build_schema()), end="")
