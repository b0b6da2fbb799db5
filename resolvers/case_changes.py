"""Changes to recall cases: what a rule forbids comes back as a reason, never as a fault."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

from resolvers.asking import Info
from resolvers.case_inputs import (
    AssignRecallCaseInput,
    CloseRecallCaseInput,
    DraftRecallCaseInput,
    NoteOnRecallCaseInput,
    OpenRecallCaseInput,
    RunRecallDrillInput,
    SimulateRecallCaseInput,
)
from resolvers.scopes import scope_asked
from twin.cases.desk import By, Desk
from twin.cases.ledger import Asked
from twin.cases.office import Office
from twin.errors import Conflict, NotFound, Refused, TwinError
from twin.records.case import Actor, RecallCase
from twin.records.payload import CasePayload, UserError

LONGEST_CLIENT_ID: Final = 128
HINTS: Final = {
    "case.impossible_transition": "Read the case: its state says what may be done to it.",
    "case.changed": "Read the case again, then decide again.",
    "case.holds_open": "releaseFromRecallCase first, or closeRecallCase with keepHolds: true.",
    "case.lot_not_held": "heldLots and heldContainers of the case say what it holds.",
    "thing.not_found": "A mistyped id never reads as nothing affected; check the scope.",
}
"""What a person may do next, by the code of the refusal."""


def office_of(info: Info) -> Office:
    """The cases of this process.

    Raises:
        Refused: this process keeps no cases.
    """
    if not isinstance(info.context.cases, Office):
        raise Refused("This process keeps no recall cases.", code="cases.not_here")
    return info.context.cases


def desk_of(info: Info) -> Desk:
    """The desk of this process.

    Raises:
        Refused: this process keeps no cases.
    """
    return office_of(info).desk


async def draft(info: Info, input: DraftRecallCaseInput) -> CasePayload:  # noqa: A002
    """Begin a case about a suspect; nothing is stopped yet."""
    desk = desk_of(info)
    return await changed(
        info,
        "draftRecallCase",
        input,
        lambda by: desk.draft(by, scope_asked(input.scope), input.reason, input.owner),
    )


async def simulate(info: Info, input: SimulateRecallCaseInput) -> CasePayload:  # noqa: A002
    """Ask what the suspect reached and keep the sums in the case; nothing is stopped."""
    desk = desk_of(info)
    return await changed(info, "simulateRecallCase", input, lambda by: desk.simulate(by, input.case_id))


async def open_case(info: Info, input: OpenRecallCaseInput) -> CasePayload:  # noqa: A002
    """Make the suspicion official: from now on the case is followed and may stop lots."""
    desk = desk_of(info)
    return await changed(info, "openRecallCase", input, lambda by: desk.open(by, input.case_id, input.reason))


async def assign(info: Info, input: AssignRecallCaseInput) -> CasePayload:  # noqa: A002
    """Hand a case over."""
    desk = desk_of(info)
    return await changed(
        info, "assignRecallCase", input, lambda by: desk.assign(by, input.case_id, input.owner)
    )


async def note(info: Info, input: NoteOnRecallCaseInput) -> CasePayload:  # noqa: A002
    """Write something into the log of a case."""
    desk = desk_of(info)
    return await changed(info, "noteOnRecallCase", input, lambda by: desk.note(by, input.case_id, input.text))


async def close(info: Info, input: CloseRecallCaseInput) -> CasePayload:  # noqa: A002
    """End a case; one that still holds something needs `keepHolds`."""
    desk = desk_of(info)
    return await changed(
        info,
        "closeRecallCase",
        input,
        lambda by: desk.close(by, input.case_id, input.reason, keep_holds=input.keep_holds),
    )


async def drill(info: Info, input: RunRecallDrillInput) -> CasePayload:  # noqa: A002
    """Practise a recall: timed, scored, kept among the cases; nothing is stopped."""
    drills = office_of(info).drills
    return await changed(
        info,
        "runRecallDrill",
        input,
        lambda by: drills.run(by, input.material_lot_id, input.within_seconds),
    )


async def changed(
    info: Info,
    mutation: str,
    asked: Any,  # noqa: ANN401 - any of the inputs, all of which have a client_mutation_id
    work: Callable[[By], Awaitable[RecallCase]],
) -> CasePayload:
    """The case after a change; the same change asked for again is answered with the case as it is."""
    desk = desk_of(info)
    own_id: str | None = asked.client_mutation_id
    try:
        by = By(actor_of(info), _asked(info, mutation, asked, own_id))
        before = None if by.asked is None else await desk.ledger.answered(by.asked)
        case = await (work(by) if before is None else desk.ledger.case(before))
    except (Refused, NotFound, Conflict) as refused:
        return CasePayload(None, (user_error(refused),), desk.watermark(), own_id)
    return CasePayload(case, (), desk.watermark(), own_id)


def actor_of(info: Info) -> Actor:
    """Who asks."""
    return Actor(info.context.viewer.subject, info.context.viewer.role.value)


def user_error(refused: TwinError) -> UserError:
    """A refusal as a payload shows it."""
    return UserError(refused.code, refused.field, refused.message, HINTS.get(refused.code))


def _asked(info: Info, mutation: str, asked: object, own_id: str | None) -> Asked | None:
    if own_id is None:
        return None
    if not 0 < len(own_id) <= LONGEST_CLIENT_ID:
        raise Refused(
            f"clientMutationId must have 1 to {LONGEST_CLIENT_ID} characters",
            code="input.bad_text",
            field="clientMutationId",
        )
    digest = hashlib.sha256(repr(asked).encode()).hexdigest()
    return Asked(info.context.viewer.subject, mutation, own_id, digest)
