"""A recall case as its log tells it, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from twin.records.recall import RecallScope
from twin.vocabulary.cases import (
    CaseAction,
    CaseKind,
    CaseState,
    ChangeKind,
    CommandState,
    HoldTarget,
    HoldVerb,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, in which role."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One line of a case's log: who did what and when; never changed, never deleted."""

    case_id: str
    number: int
    at: Instant
    actor: str
    role: str
    action: CaseAction
    data: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the suspect had reached when the case was simulated."""

    at: Instant
    as_of: Instant | None
    known_at: Instant | None
    seconds: float
    low: int
    high: int
    lots: int
    customers: int
    shipments: int
    complete: bool
    limit_hit: str | None
    watermark: str


@dataclass(frozen=True, slots=True)
class DrillScore:
    """How well a drill went: time to the answer, and how much of what is known by other ways it named."""

    seconds: float
    target_seconds: float
    completeness: float
    expected: int
    found: int
    missing: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """Lots and containers that were ordered to stop, or to go on, in one go."""

    round: int
    verb: HoldVerb
    at: Instant
    by: str
    reason: str
    lots: tuple[str, ...]
    containers: tuple[str, ...]
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCase:
    """A suspicion with an owner: its scope, where it stands, and what has been done about it."""

    case_id: str
    kind: CaseKind
    state: CaseState
    scope: RecallScope
    reason: str
    owner: str
    created_at: Instant
    updated_at: Instant
    revision: int
    simulation: Simulation | None = None
    drill: DrillScore | None = None
    orders: tuple[HoldOrder, ...] = ()
    held_lots: Mapping[str, int] = field(default_factory=dict)
    held_containers: Mapping[str, int] = field(default_factory=dict)
    released_lots: tuple[str, ...] = ()
    released_containers: tuple[str, ...] = ()
    closing_reason: str | None = None
    log: tuple[CaseEntry, ...] = field(default=(), repr=False)

    @property
    def is_live(self) -> bool:
        """Whether somebody is at work on it: opened, and not closed."""
        return self.state in (CaseState.OPENED, CaseState.CONTAINED, CaseState.PARTLY_RELEASED)

    @property
    def has_open_orders(self) -> bool:
        """Whether something was ordered and is not known to be carried out."""
        return any(not order.is_done for order in self.orders)


class Standing(NamedTuple):
    """How much of a lot carries the suspect, at least and at most; of a unit 1 when it surely does."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A lot or unit that joined, left or changed while the case was live, and the event that did it."""

    number: int
    at: Instant
    change: ChangeKind
    thing: Thing
    low: int
    high: int
    because: str | None


@dataclass(frozen=True, slots=True)
class HoldCommand:
    """One system told to stop one lot or container, or to let it go on."""

    command_id: str
    case_id: str
    round: int
    system: str
    verb: HoldVerb
    target: HoldTarget
    key: str
    issued_at: Instant
    due_at: Instant
    attempts: int
    next_at: Instant
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    problem: str | None

    def state_at(self, now: int) -> CommandState:
        """What became of it until now."""
        if self.acknowledged_at is not None:
            return CommandState.ACKNOWLEDGED
        return CommandState.OVERDUE if now > self.due_at else CommandState.PENDING


@dataclass(frozen=True, slots=True)
class ContainmentCounts:
    """How many commands of a case stand where."""

    commands: int
    acknowledged: int
    pending: int
    overdue: int


@dataclass(frozen=True, slots=True)
class CustomerReach:
    """What of one customer's goods may carry the suspect."""

    customer_id: str
    order_ids: tuple[str, ...]
    shipment_ids: tuple[str, ...]
    lot_ids: tuple[str, ...]
    units: tuple[str, ...]
    low: int
    high: int
