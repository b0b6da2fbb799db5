"""What a recall case stops, who was told, and whose goods it is about."""

from __future__ import annotations

from resolvers import case_holds
from schema.fields import answers, resolved_by, told
from schema.policies import ANALYSTS
from schema.types.forward import CustomerRef
from schema.types.node import Connection
from twin.records import case as records
from twin.vocabulary.cases import CommandState, HoldTarget, HoldVerb
from twin.vocabulary.instants import Instant


@answers(records.HoldCommand, allow=ANALYSTS)
class HoldCommand:
    """One system told to stop one lot or container, or to let it go on."""

    command_id: str = told("Its name; for the twin itself also the id of the fact.")
    case_id: str = told("The case that ordered it.")
    system: str = told("Who was told; `twin` is ourselves.")
    verb: HoldVerb = told("To stop, or to let go on.")
    target: HoldTarget = told("What kind of thing.")
    key: str = told("The lot or container.")
    state: CommandState = resolved_by(case_holds.command_state)
    issued_at: Instant = told("When it was ordered.")
    due_at: Instant = told("Later than this without acknowledgement it is overdue.")
    attempts: int = told("How often it was sent without being acknowledged.")
    next_at: Instant = told("When it is sent again, while it waits.")
    acknowledged_at: Instant | None = told("When the system had done it.")
    acknowledged_by: str | None = told("The system, or who said so for it.")
    problem: str | None = told("Why the last attempt did not do.")


@answers(allow=ANALYSTS)
class HoldCommandConnection(Connection):
    """A slice of a case's commands."""

    nodes: list[HoldCommand] = told("The commands of this slice, by name.")


@answers(records.ContainmentCounts, allow=ANALYSTS)
class Containment:
    """How many commands of a case stand where."""

    commands: int = told("All of them.")
    acknowledged: int = told("Those that were carried out.")
    pending: int = told("Those that wait, and still may.")
    overdue: int = told("Those that wait for longer than they may.")


@answers(records.CustomerReach, allow=ANALYSTS)
class CaseCustomer:
    """What of one customer's goods may carry the suspect."""

    customer: CustomerRef = resolved_by(case_holds.customer)
    order_ids: list[str] = told("Its orders that are reached.")
    shipment_ids: list[str] = told("The shipments to it that took suspect parts.")
    lot_ids: list[str] = told("The lots behind these orders and shipments.")
    unit_ids: list[str] = resolved_by(case_holds.customer_units)
    units: int = resolved_by(case_holds.customer_unit_count)
    low: int = told("Suspect units shipped to it, at least.")
    high: int = told("Suspect units shipped to it, at most.")
