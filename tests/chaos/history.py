"""Senders under fire: what they sent, and what they were told about it: yes, no, or nothing."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException

from tests.pipeline.plant import KINDS, Story
from tests.service.running import RunningService
from twin.events.codec import encode
from twin.events.event import Event

BATCH = 20
ANSWER_S = 3.0
TRIES = 400
LATE = 0.1
AGAIN = 0.05
GIVES_UP = 0.02
LOTS = 40


class Outcome(StrEnum):
    """What a sender knows of events it sent."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass
class Sender(threading.Thread):
    """A source that tells a story batch by batch, sends each until it is taken, and sometimes gives up."""

    service: RunningService
    token: str
    story: Story
    dice: random.Random
    batches_a_second: float
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    acknowledged: int = 0
    attempts: int = 0
    unheard: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True, name=f"sender {self.story.name}")

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        sent: list[list[Event]] = []
        self._send(self.story.begins(), patient=True)
        due = time.monotonic()
        while not self.stopping.is_set():
            batch = [self._happening() for _ in range(BATCH)]
            self.dice.shuffle(batch)
            if self._send(batch, patient=False) is Outcome.OK:
                sent = [*sent[-50:], batch]
            if sent and self.dice.random() < AGAIN:
                self._send_again(self.dice.choice(sent))
            due = max(due + 1 / self.batches_a_second, time.monotonic() - 1.0)
            self.stopping.wait(max(due - time.monotonic(), 0))

    def _happening(self) -> Event:
        number = len(self.story.told)
        second = self.dice.randrange(number) if self.dice.random() < LATE else number
        return self.story.goes_on(self.dice.choice(KINDS), self.dice.randrange(1_000), second)

    def _send(self, events: list[Event], *, patient: bool) -> Outcome:
        outcome = Outcome.FAIL
        for _ in range(TRIES):
            heard, accepted, duplicates = self._post(events)
            if heard is Outcome.OK:
                if accepted + duplicates != len(events) or (outcome is Outcome.FAIL and duplicates):
                    self.wrong.append(f"{accepted} accepted, {duplicates} known of {len(events)} new events")
                outcome = Outcome.OK
                break
            outcome = Outcome.UNKNOWN if Outcome.UNKNOWN in (outcome, heard) else Outcome.FAIL
            if not patient and (self.stopping.is_set() or self.dice.random() < GIVES_UP):
                break
            self.stopping.wait(0.05)
        self.outcomes |= dict.fromkeys((event.event_id for event in events), outcome)
        return outcome

    def _send_again(self, events: list[Event]) -> None:
        heard, accepted, _ = self._post(events)
        if heard is Outcome.OK and accepted:
            self.wrong.append(f"{accepted} events taken twice")

    def _post(self, events: list[Event]) -> tuple[Outcome, int, int]:
        self.attempts += 1
        request = urllib.request.Request(
            f"{self.service.url}/ingest/events",
            data=b"\n".join(map(encode, events)),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/x-ndjson"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
                told = json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return self._refused(refusal.code, refusal.read())
        except urllib.error.URLError as lost:
            if isinstance(lost.reason, ConnectionRefusedError):
                return Outcome.FAIL, 0, 0
            self.unheard += 1
            return Outcome.UNKNOWN, 0, 0
        except (OSError, HTTPException, ValueError):
            self.unheard += 1
            return Outcome.UNKNOWN, 0, 0
        if told["rejected"]:
            self.wrong.append(f"rejected: {told['rejected'][0]}")
        self.acknowledged += 1
        return Outcome.OK, told["accepted"], told["duplicates"]

    def _refused(self, status: int, body: bytes) -> tuple[Outcome, int, int]:
        if b"outbox." in body:
            self.refused += 1
            return Outcome.FAIL, 0, 0
        self.wrong.append(f"answer {status}: {body[:200]!r}") if status < 500 else None
        self.unheard += 1
        return Outcome.UNKNOWN, 0, 0
