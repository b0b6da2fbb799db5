"""What a case stops and lets go, who was told, and whose goods it is about."""

from __future__ import annotations

from bisect import bisect_right

from strawberry import Parent

from resolvers.asking import Info
from resolvers.case_changes import actor_of, changed, desk_of, office_of, user_error
from resolvers.case_inputs import (
    AcknowledgeHoldCommandInput,
    ContainRecallCaseInput,
    ReleaseFromRecallCaseInput,
)
from twin.cases.desk import By
from twin.errors import Conflict, NotFound, Refused
from twin.queries.paging import size, sliced
from twin.records.case import ContainmentCounts, CustomerReach, HoldCommand, RecallCase
from twin.records.order import Customer
from twin.records.page import Cursor, Page
from twin.records.payload import CasePayload, CommandPayload
from twin.vocabulary.cases import CommandState

MOST_LOTS: int = 5_000


async def contain(info: Info, input: ContainRecallCaseInput) -> CasePayload:  # noqa: A002
    """Stop what the suspect reached and is still here: a hold on every lot, a command to every system."""
    containment = office_of(info).containment
    return await changed(
        info,
        "containRecallCase",
        input,
        lambda by: containment.contain(by, input.case_id, input.reason, _named(input.lot_ids)),
    )


async def release(info: Info, input: ReleaseFromRecallCaseInput) -> CasePayload:  # noqa: A002
    """Let some of what the case holds go on."""
    containment = office_of(info).containment
    return await changed(
        info,
        "releaseFromRecallCase",
        input,
        lambda by: containment.release(
            by,
            input.case_id,
            input.reason,
            _named(input.lot_ids) or [],
            _named(input.container_ids) or [],
        ),
    )


async def acknowledge(info: Info, input: AcknowledgeHoldCommandInput) -> CommandPayload:  # noqa: A002
    """Say that a system has carried out a command, when it does not say so itself."""
    desk, own_id = desk_of(info), input.client_mutation_id
    try:
        command = await office_of(info).containment.acknowledge(By(actor_of(info)), input.command_id)
    except (Refused, NotFound, Conflict) as refused:
        return CommandPayload(None, (user_error(refused),), desk.watermark(), own_id)
    return CommandPayload(command, (), desk.watermark(), own_id)


async def commands(
    root: Parent[RecallCase],
    info: Info,
    state: CommandState | None = None,
    first: int | None = 100,
    after: Cursor | None = None,
) -> Page[HoldCommand]:
    """Which systems were told to stop what, and what became of it."""
    office = office_of(info)
    now = office.clock()
    rows = [
        command
        for command in await office.commands.of_case(root.case_id)
        if state is None or command.state_at(now) is state
    ]
    name = f"holds {root.case_id} {state}"
    return sliced(name, rows, lambda row: (row.command_id,), size(first, default=100), after)


async def containment(root: Parent[RecallCase], info: Info) -> ContainmentCounts:
    """How many of the commands were acknowledged, and how many wait for longer than they may."""
    office = office_of(info)
    return await office.commands.counts(root.case_id, office.clock())


async def overdue(info: Info, first: int | None = 100) -> list[HoldCommand]:
    """The commands of all cases that wait for longer than they may, the oldest first."""
    office = office_of(info)
    return await office.commands.overdue(office.clock(), size(first, default=100))


async def customers(root: Parent[RecallCase], info: Info) -> list[CustomerReach]:
    """Whose goods may carry the suspect: for each customer its orders, shipments, lots and units."""
    return list((await office_of(info).containment.reach(root)).customers)


async def lots_left_out(root: Parent[RecallCase], info: Info) -> list[str]:
    """Lots that are reached by now and still here, and that the case neither holds nor let go."""
    return list((await office_of(info).containment.left_out(root)).lots)


def customer(root: Parent[CustomerReach]) -> Customer:
    """The customer."""
    return Customer(root.customer_id)


def customer_units(
    root: Parent[CustomerReach], first: int | None = 500, after: str | None = None
) -> list[str]:
    """The units by name that were shipped to it, sorted; `after` is the last one seen."""
    start = 0 if after is None else bisect_right(root.units, after)
    return list(root.units[start : start + size(first, default=500)])


def customer_unit_count(root: Parent[CustomerReach]) -> int:
    """How many units were shipped to it by name."""
    return len(root.units)


def command_state(root: Parent[HoldCommand], info: Info) -> CommandState:
    """What became of it."""
    return root.state_at(office_of(info).clock())


def _named(keys: list[str] | None) -> list[str] | None:
    if keys is not None and len(keys) > MOST_LOTS:
        raise Refused(
            f"{len(keys)} names; at most {MOST_LOTS} are allowed", code="list.too_long", field="lotIds"
        )
    return keys
