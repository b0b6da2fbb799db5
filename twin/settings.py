"""How this deployment is set up, read once from its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from twin.errors import Refused

PREFIX: Final = "DIELOOM_"
ROLES: Final = ("api", "projector", "connectors", "jobs")


class SettingRefused(Refused):
    """A setting has a value that is not allowed; names it and what is."""

    code = "setting.bad_value"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the contract (interface.md section 2), with its default.

    Unset addresses mean embedded stores under ``data_dir``.
    """

    graph_url: str | None = field(
        default=None, metadata={"help": "neo4j:// or bolt:// address; unset: embedded ArcadeDB"}
    )
    graph_user: str | None = field(default=None, metadata={"help": "user of that graph"})
    graph_password: str | None = field(default=None, repr=False, metadata={"help": "password of that graph"})
    graph_database: str | None = field(default=None, metadata={"help": "database of that graph"})
    graph_java_options: str | None = field(
        default=None,
        metadata={"help": "options added to the Java of the embedded graph, such as -Xmx4g"},
    )
    stream_url: str | None = field(
        default=None, repr=False, metadata={"help": "redis:// or rediss:// address; unset: embedded Valkey"}
    )
    data_dir: Path = field(
        default=Path(".dieloom"), metadata={"help": "embedded stores, outboxes, archive, keys (0700)"}
    )
    host: str = field(default="127.0.0.1", metadata={"help": "address the API listens on"})
    port: int = field(default=8000, metadata={"help": "port the API listens on; 0 takes a free one"})
    roles: tuple[str, ...] = field(default=ROLES, metadata={"help": "which roles this process runs"})
    oidc_issuer: str | None = field(
        default=None, metadata={"help": "who signs tokens; unset: own issuer in the data directory"}
    )
    oidc_audience: str | None = field(default=None, metadata={"help": "audience a token must name"})
    oidc_jwks_url: str | None = field(default=None, metadata={"help": "where the signer's keys are"})
    shards: int = field(default=4, metadata={"help": "stream shards, fixed once data exists"})
    history_days: int = field(
        default=400, metadata={"help": "days for which samples of machines are kept in the columnar history"}
    )
    outbox_hours: int = field(
        default=24,
        metadata={"help": "hours for which events stay in the outbox after they are archived and projected"},
    )
    index_mb: int = field(
        default=1_000,
        metadata={"help": "memory that the lineage index may take; beyond it the graph answers; 0: none"},
    )
    influx_url: str | None = field(
        default=None,
        repr=False,
        metadata={"help": "write address of a store that also gets the samples (InfluxDB line protocol)"},
    )
    influx_token: str | None = field(default=None, repr=False, metadata={"help": "token of that store"})

    hold_systems: str | None = field(
        default=None,
        repr=False,
        metadata={
            "help": "systems told to hold recalled lots and boxes: name, equals sign, address; blanks between"
        },
    )
    hold_tokens: str | None = field(
        default=None,
        repr=False,
        metadata={"help": "their bearer tokens: name, equals sign, token; blanks between"},
    )
    hold_overdue_minutes: int = field(
        default=15, metadata={"help": "minutes after which an unacknowledged hold command is overdue"}
    )
    drill_hours: int = field(
        default=0, metadata={"help": "hours between recall drills of the jobs role; 0 for none"}
    )
    drill_seconds: int = field(
        default=60, metadata={"help": "seconds within which a recall drill must have its answer"}
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """The settings that ``DIELOOM_*`` variables ask for.

        Raises:
            SettingRefused: a value is not of the setting's form.
        """
        given: dict[str, Any] = {}
        for setting in fields(cls):
            text = environment.get(PREFIX + setting.name.upper())
            if text:
                given[setting.name] = _READERS.get(setting.name, _text)(setting.name, text)
        return cls(**given)


def _text(_name: str, text: str) -> str:
    return text


def _path(_name: str, text: str) -> Path:
    return Path(text)


def _number(name: str, text: str) -> int:
    low, high = _RANGES[name]
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingRefused(
            f"{PREFIX}{name.upper()} is {text!r}; allowed: a whole number from {low} to {high}", field=name
        )
    return int(text)


def roles_of(name: str, text: str) -> tuple[str, ...]:
    """The roles that a list names.

    Raises:
        SettingRefused: one of them does not exist, or there is none.
    """
    asked = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [role for role in asked if role not in ROLES]
    if unknown or not asked:
        raise SettingRefused(f"{PREFIX}ROLES is {text!r}; allowed: a list of {', '.join(ROLES)}", field=name)
    return asked


_RANGES: Final = {
    "port": (0, 65_535),
    "shards": (1, 64),
    "history_days": (1, 36_500),
    "index_mb": (0, 1_000_000),
    "hold_overdue_minutes": (1, 100_000),
    "drill_hours": (0, 10_000),
    "drill_seconds": (1, 86_400),
    "outbox_hours": (0, 87_600),
}
_READERS: Final = {
    "data_dir": _path,
    "port": _number,
    "shards": _number,
    "roles": roles_of,
    "history_days": _number,
    "index_mb": _number,
    "hold_overdue_minutes": _number,
    "drill_hours": _number,
    "drill_seconds": _number,
    "outbox_hours": _number,
}
