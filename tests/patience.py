"""The product's deadlines, so long in this process that a computer standing still misses none of them.

A computer of a check stands still for many seconds at times, and then every deadline that ran has passed
while what it waits for was about to come. Who tests a deadline sets it, as it is to be in that test.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any, Final

PATIENCE_S: Final = 240.0
"""Below the time after which a test that hangs is ended and named."""

_DEADLINES: Final = {
    "connectors.barcode.client": ("_DIAL",),
    "connectors.secs_gem.client": ("_DIAL_SECONDS",),
    "connectors.dropped_files": ("_DISK_DEADLINE_S",),
    "resolvers.live": ("LOAD_DEADLINE_S",),
    "resolvers.live_cohorts": ("TELLING_S",),
    "resolvers.oidc": ("FETCH_DEADLINE_S",),
    "schema.http.body": ("READ_DEADLINE_S", "STALL_DEADLINE_S"),
    "schema.http.dossier_route": ("DEADLINE_S", "WATERMARK_DEADLINE_S"),
    "schema.http.execution": ("DEADLINE_S", "LONG_DEADLINE_S", "WATERMARK_DEADLINE_S"),
    "schema.http.graphql_ws": ("INIT_DEADLINE_S", "PING_EVERY_S", "SEND_DEADLINE_S"),
    "schema.http.head_limits": ("HEAD_DEADLINE_S",),
    "schema.http.health": ("CHECK_DEADLINE_S",),
    "schema.http.ingest_route": ("QUEUE_DEADLINE_S", "WORK_DEADLINE_S"),
    "schema.http.stream_route": ("QUIET_S", "SEND_DEADLINE_S"),
    "schema.http.unread_answers": ("UNREAD_DEADLINE_S",),
    "schema.http.unread_body": ("DRAIN_DEADLINE_S",),
    "twin.cases.systems": ("_SECONDS",),
    "twin.graph.driver": ("_CONNECT_SECONDS", "_OPEN_SECONDS", "_QUEUE_SECONDS"),
    "twin.graph.session": ("_PROBE_SECONDS",),
    "twin.history.influx": ("_SECONDS",),
    "twin.history.series": ("ANSWER_SECONDS",),
    "twin.intake.kept": ("_WAIT_SECONDS",),
    "twin.intake.outbox": ("_ROOM_SECONDS",),
    "twin.intake.store_alarms": ("_LOOK_SECONDS",),
    "twin.queries.recall_estimate": ("_SECONDS",),
    "twin.stream.change_feed": ("ANSWER_SECONDS",),
    "twin.stream.client": ("_CONNECT_SECONDS", "_PROBE_SECONDS"),
    "twin.stream.log": ("ANSWER_SECONDS",),
}

_DEFAULTS: Final = {
    "resolvers.live_cohorts:Cohort": ("deadline_s",),
    "twin.graph.driver:open_graph": ("read_within",),
    "twin.graph.session:Graph": ("read_within", "write_within"),
    "twin.projection.progress:Progress.reached": ("seconds",),
    "twin.stream.client:answering": ("seconds",),
    "twin.supervision:Launch": ("start_within", "stop_within"),
}
"""Deadlines that are the defaults of parameters."""


def pytest_configure() -> None:
    for module, names in _DEADLINES.items():
        for name in names:
            _set(importlib.import_module(module), name)
    for place, names in _DEFAULTS.items():
        module, path = place.split(":")
        found: Any = importlib.import_module(module)
        for step in path.split("."):
            found = getattr(found, step)
        _make_patient(inspect.unwrap(found.__init__ if isinstance(found, type) else found), names)


def _set(module: Any, name: str) -> None:
    assert isinstance(getattr(module, name), float), f"{module.__name__} has no deadline {name}"
    setattr(module, name, PATIENCE_S)


def _make_patient(function: Any, names: tuple[str, ...]) -> None:
    parameters = inspect.signature(function).parameters.values()
    usual = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY and _has_default(each)]
    given = dict(zip(usual, function.__defaults__ or (), strict=True))
    only = dict(function.__kwdefaults__ or {})
    for name in names:
        where = only if name in only else given
        assert isinstance(where[name], float), f"{function.__qualname__} has no deadline {name}"
        where[name] = PATIENCE_S
    function.__defaults__, function.__kwdefaults__ = tuple(given.values()) or None, only or None


def _has_default(parameter: inspect.Parameter) -> bool:
    return parameter.default is not inspect.Parameter.empty
