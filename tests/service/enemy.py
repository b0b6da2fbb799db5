"""Whoever attacks a running service, and what must hold after each blow."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from resolvers.tokens import OwnIssuer
from tests.service.running import RunningService, wait_until
from twin.vocabulary.roles import Role

INTERNALS = re.compile(
    r"Traceback|File \"|site-packages|\.py\b|/tmp/|/work/|127\.0\.0\.1|localhost|MATCH \(|neo4j|arcadedb"
    r"|redis|valkey|sqlite|msgspec|strawberry|<class|java\.|0x[0-9a-f]{8}",
    re.IGNORECASE,
)
"""What no answer may ever show."""

ACCEPT = {"accept": "application/graphql-response+json"}
WELL = {"graph": "ok", "stream": "ok", "projection": "ok", "outbox": "ok"}
LARGEST_RSS_KB = 700_000


@dataclass
class Enemy:
    service: RunningService
    machine_port: int
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, role: str) -> str:
        if role not in self.tokens:
            self.tokens[role] = OwnIssuer(self.service.data_dir).issue(Role(role))
        return self.tokens[role]

    def post(
        self, path: str, body: bytes, role: str, content_type: str = "application/json", **headers: str
    ) -> tuple[int, Any]:
        status, answer = self.service.post(path, body, self.token(role), content_type, **headers)
        assert INTERNALS.search(answer.decode()) is None
        return status, json.loads(answer)

    def ingest(self, body: bytes) -> tuple[int, Any]:
        return self.post("/ingest/events", body, "integration", "application/x-ndjson")

    def ask(
        self, query: str, variables: dict[str, Any] | None = None, role: str = "quality", **headers: str
    ) -> tuple[int, Any]:
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        return self.post("/graphql", body, role, **ACCEPT, **headers)

    def code_of(self, query: str, variables: dict[str, Any] | None = None, role: str = "quality") -> str:
        _, answer = self.ask(query, variables, role)
        error = answer["errors"][0]
        assert error["message"]
        assert error["extensions"]["requestId"]
        return str(error["extensions"]["code"])

    def wire(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.service.port), 60.0)

    def machine_wire(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.machine_port), 60.0)

    @cached_property
    def _outbox(self) -> Path:
        return self.service.data_dir / "outbox"

    def events(self) -> int:
        """How many were accepted, apart from what the connector and the service tell of themselves."""
        rows = """SELECT count(*) FROM events WHERE instr(CAST(payload AS TEXT), 'hsms-01') = 0
        AND instr(CAST(payload AS TEXT), 'dieloom.stores') = 0 AND instr(event_id, char(31)) = 0"""
        return int(_asked(self._outbox / "outbox.sqlite", rows)[0][0])

    def letters(self) -> int:
        """How many things were refused or set aside."""
        return int(_asked(self._outbox / "dead-letters.sqlite", "SELECT count(*) FROM letters")[0][0])

    def last_letter(self) -> tuple[str, str, bytes]:
        """Stage, code and bytes of what was refused last, again or for the first time."""
        rows = "SELECT stage, code, raw FROM letters ORDER BY last_at DESC, letter_id DESC LIMIT 1"
        stage, code, raw = _asked(self._outbox / "dead-letters.sqlite", rows)[0]
        return stage, code, raw

    def is_well(self) -> bool:
        return self.readiness() == (200, {"status": "ok", "checks": WELL})

    def until_well(self) -> None:
        """Wait until every check says so: one that is late for once on a busy machine is not broken."""
        wait_until(self.is_well, 60.0, self.readiness)

    def readiness(self) -> tuple[int, Any]:
        status, raw = self.service.get("/readyz")
        return status, json.loads(raw)

    def rss_kb(self) -> int:
        assert self.service.process is not None
        status = Path(f"/proc/{self.service.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        return int(found[1])


def _asked(file: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return database.execute(statement).fetchall()


def answered(wire: socket.socket) -> bytes:
    """Everything that comes until the other side ends the connection."""
    parts = []
    try:
        while part := wire.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        parts.append(b"")
    return b"".join(parts)


def event(event_id: str, kind: str = "LotCreated", data: Any = None, **envelope: Any) -> dict[str, Any]:
    given = {"lot_id": "HOSTILE", "product_id": "P", "quantity": 5} if data is None else data
    return {
        "event_id": event_id,
        "type": kind,
        "source": "hostile",
        "occurred_at": "2026-03-02T08:00:00Z",
        "data": given,
        **envelope,
    }


def line(*named: Any, **envelope: Any) -> bytes:
    return json.dumps(event(*named, **envelope), ensure_ascii=False).encode()
