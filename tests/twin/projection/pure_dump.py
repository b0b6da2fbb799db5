"""The canonical dump of a set of events by pure folds alone: no graph, no arrival, nothing incremental."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tests.twin.projection.pure_spans import spans
from twin.events.codec import content_hash, fact_json
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.naming import named
from twin.folds.fold import Fold
from twin.folds.live_lot import LiveLot
from twin.folds.source import Heard
from twin.folds.suspicion import Suspicion
from twin.projection.findings import TOUCH
from twin.projection.projection import Projection
from twin.projection.refold import _FOLDS as FOLDS
from twin.projection.registry import PROJECTIONS
from twin.projection.sources import _gap as gap_of
from twin.vocabulary.graph import NODE_KEYS
from twin.vocabulary.things import LABELS, ThingKind

ONLY_NAMED = ("Location:", "Supplier:")
CLOCKS = {"recorded_at", "voided_by"}


def pure_dump(events: Iterable[Event]) -> list[str]:
    """The lines of ``canonical`` that a graph with these events must have."""
    return sorted(PureDump(events).lines)


class PureDump:
    def __init__(self, events: Iterable[Event]) -> None:
        known = {event.event_id: event for event in events}
        self.events = sorted(known.values(), key=lambda event: event.order)
        self.voided = {e.fact.voided_event_id for e in self.events if isinstance(e.fact, EventVoided)}
        self.counted = [e for e in self.events if self.counts(e)]
        self.lines: list[str] = []
        self.folds: dict[tuple[str, str], Fold | LiveLot] = {}
        self.mark()
        self.fold()
        self.keep()
        self.state()
        self.span()
        self.find()

    def counts(self, event: Event) -> bool:
        return isinstance(event.fact, EventVoided) or event.event_id not in self.voided

    def node(self, label: str, key: str, /, **properties: Any) -> None:
        self.lines.append(f"{label}:{key} {written({NODE_KEYS[label]: key, **properties})}")

    def tie(self, source: str, kind: str, target: str, /, **properties: Any) -> None:
        self.lines.append(f"{source} -{kind}-> {target} {written(properties)}")

    def mark(self) -> None:
        for target in self.voided:
            self.node("Voiding", target, voided_at=True)
        for event in self.events:
            self.node(
                "Event",
                event.event_id,
                type=event.type,
                source=event.source,
                source_sequence=event.source_sequence,
                occurred_at=event.occurred_at,
                data=fact_json(event),
                content_hash=content_hash(event),
                voided_at=None if self.counts(event) else True,
            )
            for label, key in named(event.fact):
                self.tie(f"Event:{event.event_id}", "ABOUT", f"{label}:{key}")

    def fold(self) -> None:
        for event in self.events:
            for label, key in named(event.fact):
                self.folds.setdefault((label, key), LiveLot(key) if label == "Lot" else FOLDS[label](key))
        for event in self.counted:
            for name in named(event.fact):
                self.folds[name].absorb(event)
        lots = {key: fold for (_, key), fold in self.folds.items() if isinstance(fold, LiveLot)}
        while any(lot.inherit(lambda key: lots[key].heritage) for lot in lots.values()):
            pass

    def keep(self) -> None:
        for (label, key), fold in self.folds.items():
            properties = fold.properties()
            properties.pop("kept", None)
            findings = sorted(suspicion.finding_id for suspicion in fold.suspicions())
            self.node(label, key, **properties, findings=findings)
            if isinstance(fold, LiveLot):
                self.parts(fold)

    def parts(self, lot: LiveLot) -> None:
        for key, run in lot.runs().items():
            self.node("OperationRun", key, **run)
            self.tie(f"OperationRun:{key}", "PROCESSED", f"Lot:{lot.key}")
            self.tie(f"OperationRun:{key}", "RAN_ON", f"Equipment:{run['equipment_id']}")
        for key, hold in lot.holds().items():
            self.node("Hold", key, **hold)
            self.tie(f"Hold:{key}", "STOPPED", f"Lot:{lot.key}")
        for order_id in lot.orders():
            self.tie(f"Lot:{lot.key}", "SERVES", f"Order:{order_id}")

    def state(self) -> None:
        named_only: set[str] = set()
        for event in self.events:
            end = {} if self.counts(event) else {"voided_at": True}
            for projection in PROJECTIONS.get(type(event.fact), ()):
                for row in projection.rows(event):
                    if projection.relationship in {"TestRun", "Inspection"}:
                        self.session(projection.relationship, event, row["fact"] | end)
                        continue
                    source, target = (f"{label}:{row[name]}" for label, name in ends_of(projection))
                    self.tie(source, projection.relationship, target, **row["fact"], **end)
                    if target.startswith(ONLY_NAMED):
                        named_only.add(target)
        for label, key in (name.split(":", 1) for name in named_only):
            self.node(label, key)

    def session(self, label: str, event: Event, fact: dict[str, Any]) -> None:
        self.node(label, event.event_id, **fact)
        if label == "Inspection":
            self.tie(f"Inspection:{event.event_id}", "TOLD_BY", f"Event:{event.event_id}")
            return
        for kind, key in named(event.fact):
            if kind in {"Lot", "Substrate"}:
                self.tie(f"TestRun:{event.event_id}", "TESTED", f"{kind}:{key}")

    def span(self) -> None:
        for span in spans(self.counted):
            name = f"{span.label}:{span.key}"
            self.node(span.label, span.key, **span.properties)
            for kind, target in span.ties:
                self.tie(name, kind, target)
            for event_id in span.told_by:
                self.tie(name, "TOLD_BY", f"Event:{event_id}")

    def find(self) -> None:
        found = [
            (f"{label}:{key}", suspicion)
            for (label, key), fold in self.folds.items()
            for suspicion in fold.suspicions()
        ]
        found += self.hear()
        dies: set[str] = set()
        for subject, row in found:
            told = {name: getattr(row, name) for name in ("code", "message", "severity", "hint", "things")}
            self.node("Finding", row.finding_id, **told, subject=subject)
            for thing in dict.fromkeys(row.things):
                kind, _, key = thing.partition(":")
                if (label := LABELS[ThingKind(kind)]) in TOUCH:
                    self.tie(f"Finding:{row.finding_id}", "TOUCHES", f"{label}:{key}")
                if label == "Die":
                    dies.add(key)
        for key in dies:
            self.die(key)

    def hear(self) -> list[tuple[str, Suspicion]]:
        gaps = []
        for source in sorted({event.source for event in self.events}):
            heard = Heard(source)
            for event in self.events:
                if event.source == source:
                    heard.hear(event)
            ranges = {"max_sequence": heard.max_sequence, "gaps": heard.gaps, "ranges": heard.ranges}
            self.node("Source", source, occurred_at=heard.occurred_at, **ranges)
            if (gap := gap_of(heard)) is not None:
                gaps.append((f"Source:{source}", gap))
        return gaps

    def die(self, key: str) -> None:
        substrate_id, _, site = key.rpartition("@")
        x, y = (int(part) for part in site.split(","))
        self.node("Die", key, substrate_id=substrate_id, x=x, y=y)
        self.tie(f"Die:{key}", "FORMED_ON", f"Substrate:{substrate_id}")


def ends_of(projection: Projection) -> list[tuple[str, str]]:
    """The label of each end that a statement ties, with the name of its key in the row."""
    found = re.findall(r":(\w+) \{\w+: (row\.\w+|row\[0\]|told\[0\])\}", projection.statement)
    labels = {key: label for label, key in found}
    if projection.by is None:
        return [(labels[f"row.{name}"], name) for name in ("source", "target")]
    return [(labels["row[0]" if name == projection.by else "told[0]"], name) for name in ("source", "target")]


def written(properties: dict[str, Any]) -> str:
    told = {name: value for name, value in properties.items() if name not in CLOCKS and value is not None}
    return msgspec.json.encode(told, order="sorted").decode()
