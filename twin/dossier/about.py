"""The first table of every dossier: what was asked and what the answer says about itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import msgspec

from twin.records.dossier import Head, Row, Table
from twin.vocabulary.instants import written


def about(head: Head) -> Table:
    """The head as rows of item and value."""
    return Table("about", ("item", "value"), lambda: _rows(head))


def head_told(head: Head) -> dict[str, Any]:
    """The head as JSON spells it."""
    return {
        "dossier": head.subject.value,
        "question": dict(head.question),
        "as_of": written(head.as_of),
        "known_at": written(head.known_at),
        "watermark": head.watermark,
        "sources": [
            {
                "source": row.source,
                "occurred_at": None if row.occurred_at is None else written(row.occurred_at),
                "recorded_at": None if row.recorded_at is None else written(row.recorded_at),
                "sequence": row.sequence,
                "gaps": row.gaps,
            }
            for row in head.sources
        ],
        "complete": head.complete,
        "limit_hit": head.limit_hit,
        "customer": head.customer_id,
        "withheld": list(head.withheld),
    }


def _rows(head: Head) -> list[Row]:
    told = head_told(head)
    told["question"] = msgspec.json.encode(told["question"], order="sorted").decode()
    sources = told.pop("sources")
    told["complete"] = "yes" if head.complete else "no"
    withheld = told.pop("withheld")
    rows: list[Row] = [(name, value) for name, value in told.items() if value not in {None, ""}]
    rows += [("withheld", what) for what in withheld]
    for source in sources:
        rest = ", ".join(f"{k} {v}" for k, v in source.items() if k != "source" and v is not None)
        rows.append((f"source {source['source']}", rest))
    return rows


def for_customer(head: Head, customer_id: str, withheld: tuple[str, ...]) -> Head:
    """The head without how much the plant makes: the watermark only as a hash, no sources."""
    seal = f"sha256:{hashlib.sha256(head.watermark.encode()).hexdigest()}"
    return replace(head, watermark=seal, sources=(), customer_id=customer_id, withheld=withheld)
