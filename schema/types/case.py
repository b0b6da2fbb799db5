"""Recall cases: who suspects what, what was done about it, and what it would be otherwise."""

from __future__ import annotations

from resolvers import case_holds, cases
from schema.fields import answers, resolved_by, told
from schema.policies import ANALYSTS
from schema.scalars import Json
from schema.types.forward import EventRecordRef
from schema.types.hold import CaseCustomer, Containment, HoldCommand, HoldCommandConnection
from schema.types.node import Connection
from schema.types.recall import AffectedLot, AffectedLotConnection, AffectedUnitConnection, RecallImpact
from twin.records import case as records
from twin.records import payload, what_if
from twin.vocabulary.cases import CaseAction, CaseKind, CaseState, ChangeKind
from twin.vocabulary.instants import Instant
from twin.vocabulary.roles import Role


@answers(records.CaseEntry, allow=ANALYSTS)
class RecallCaseEntry:
    """One line of a case's log; never changed, never deleted."""

    number: int = told("Its place in the log of its case.")
    at: Instant = told("When, by our clock.")
    actor: str = told("Who did it.")
    role: str = told("In which role.")
    action: CaseAction = told("What was done.")
    data: Json = told("With what.")
    hash: str = told("The seal of this line over all lines before it.")


@answers(allow=ANALYSTS)
class RecallCaseEntryConnection(Connection):
    """A slice of a case's log."""

    nodes: list[RecallCaseEntry] = told("The lines of this slice, the earliest first.")


@answers(records.CaseChange, allow=ANALYSTS)
class RecallCaseChange:
    """A lot or unit that joined, left or changed while the case was live."""

    at: Instant = told("When the twin saw it, by our clock.")
    change: ChangeKind = told("What happened to it.")
    thing: str = resolved_by(cases.change_key)
    low: int = told("Of a lot, units that carry the suspect, at least; of a unit 1 when it surely does.")
    high: int = told("Of a lot, units that carry the suspect, at most; of a unit 1.")
    because: EventRecordRef | None = resolved_by(cases.change_because)


@answers(allow=ANALYSTS)
class RecallCaseChangeConnection(Connection):
    """A slice of a case's changes."""

    nodes: list[RecallCaseChange] = told("The changes of this slice, the earliest first.")


@answers(records.Simulation, allow=ANALYSTS)
class RecallSimulation:
    """What the suspect had reached when the case was simulated."""

    at: Instant = told("When it was simulated.")
    known_at: Instant | None = told("Ask recallImpact with this to get the same answer again.")
    seconds: float = told("How long the answer took.")
    low: int = told("Units that carried the suspect, at least.")
    high: int = told("Units that carried the suspect, at most.")
    lots: int = told("Lots reached.")
    customers: int = told("Customers reached.")
    shipments: int = told("Shipments reached.")
    complete: bool = told("Whether the answer was whole.")
    limit_hit: str | None = told("Why it was not.")
    watermark: str = told("How far events had been accepted.")


@answers(records.DrillScore, allow=ANALYSTS)
class RecallDrillScore:
    """How well a drill went."""

    seconds: float = told("Time to the answer.")
    target_seconds: float = told("Time that it may take.")
    completeness: float = told("Share of what is known by another way that the answer named.")
    expected: int = told("Lots and shipments known by another way.")
    found: int = told("How many of them the answer named.")
    missing: list[str] = told("Those that it did not, as KIND:key.")
    score: int = told("0 to 100: completeness, less what the time was over its target.")


@answers(what_if.ChangedLot, allow=ANALYSTS)
class ChangedLot:
    """A lot in both answers, with other bounds."""

    before: AffectedLot = resolved_by(cases.changed_before)
    now: AffectedLot = resolved_by(cases.changed_now)


@answers(what_if.Compared, allow=ANALYSTS)
class RecallVariant:
    """One variant beside the answer as it stands."""

    name: str = resolved_by(cases.variant_name)
    scope: Json = resolved_by(cases.variant_scope)
    low: int = told("Units that carry the suspect, at least.")
    high: int = told("Units that carry the suspect, at most.")
    lots: int = resolved_by(cases.lots_reached)
    units: int = resolved_by(cases.units_reached)
    added: AffectedLotConnection = resolved_by(cases.added)
    removed: AffectedLotConnection = resolved_by(cases.removed)
    changed: list[ChangedLot] = told("The lots in both answers, with other bounds.")
    added_units: AffectedUnitConnection = resolved_by(cases.added_units)
    removed_units: AffectedUnitConnection = resolved_by(cases.removed_units)


@answers(what_if.WhatIf, allow=ANALYSTS)
class RecallWhatIf:
    """The answer as it stands, and its variants side by side."""

    low: int = resolved_by(cases.base_low)
    high: int = resolved_by(cases.base_high)
    lots: int = resolved_by(cases.base_lots)
    variants: list[RecallVariant] = told("The variants, in the order asked for.")


@answers(records.RecallCase, allow=ANALYSTS)
class RecallCase:
    """A suspicion with an owner: its scope, where it stands, and what has been done about it."""

    case_id: str = told("Its name.")
    kind: CaseKind = told("Whether it is meant, or only practises.")
    state: CaseState = told("Where it stands.")
    scope: Json = resolved_by(cases.scope)
    reason: str = told("Why it was begun.")
    owner: str = told("Who is in charge.")
    created_at: Instant = told("When it was begun.")
    updated_at: Instant = told("When something was last done to it.")
    revision: int = told("How many lines its log has.")
    closing_reason: str | None = told("Why it ended.")
    simulation: RecallSimulation | None = told("The last simulation.")
    drill: RecallDrillScore | None = told("How well it went, for a drill.")
    held_lots: list[str] = resolved_by(cases.held_lots)
    held_containers: list[str] = resolved_by(cases.held_containers)
    released_lots: list[str] = told("The lots that it held and let go.")
    released_containers: list[str] = told("The containers that it held and let go.")
    log: RecallCaseEntryConnection = resolved_by(cases.log)
    impact: RecallImpact = resolved_by(cases.case_impact)
    what_if: RecallWhatIf = resolved_by(cases.case_what_if)
    containment: Containment = resolved_by(case_holds.containment)
    hold_commands: HoldCommandConnection = resolved_by(case_holds.commands)
    changes: RecallCaseChangeConnection = resolved_by(cases.changes)
    lots_left_out: list[str] = resolved_by(case_holds.lots_left_out)
    customers: list[CaseCustomer] = resolved_by(case_holds.customers)


@answers(allow=ANALYSTS)
class RecallCaseConnection(Connection):
    """A slice of the recall cases."""

    nodes: list[RecallCase] = told("The cases of this slice, the newest first.")


@answers(payload.UserError, allow=ANALYSTS)
class UserError:
    """Why a change was not made."""

    code: str = told("Which rule forbids it, as domain.reason.")
    field: str | None = told("Which input it is about.")
    message: str = told("What is wrong, and what is allowed.")
    hint: str | None = told("What to do next.")


@answers(payload.CasePayload, allow=ANALYSTS)
class RecallCasePayload:
    """A case after a change, or why it was not changed."""

    case: RecallCase | None = told("The case as it is now; null when nothing was changed.")
    user_errors: list[UserError] = told("Why nothing was changed; empty when it was.")
    watermark: str = told("Sent back with a read, it makes the read see what this change wrote.")
    client_mutation_id: str | None = told("Your own id, as sent.")


@answers(payload.CommandPayload, allow=ANALYSTS | {Role.INTEGRATION})
class HoldCommandPayload:
    """A hold command after a change, or why it was not changed."""

    command: HoldCommand | None = told("The command as it is now; null when nothing was changed.")
    user_errors: list[UserError] = told("Why nothing was changed; empty when it was.")
    watermark: str = told("Sent back with a read, it makes the read see what this change wrote.")
    client_mutation_id: str | None = told("Your own id, as sent.")
