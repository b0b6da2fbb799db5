"""What recall cases are worked on with: one input for each mutation."""

from __future__ import annotations

import strawberry

from resolvers.inputs import RecallScope
from twin.vocabulary.cases import CaseKind, CaseState

_OWN_ID = "Your own id: the same mutation sent again within 24 hours changes nothing more."


@strawberry.input(description="A new case.")
class DraftRecallCaseInput:
    """A new case."""

    scope: RecallScope = strawberry.field(description="What is suspect.")
    reason: str = strawberry.field(description="Why it is.")
    owner: str | None = strawberry.field(default=None, description="Who is in charge; you when absent.")
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A case, and nothing else.")
class SimulateRecallCaseInput:
    """A case, and nothing else."""

    case_id: str = strawberry.field(description="The case.")
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A case and why something is done to it.")
class OpenRecallCaseInput:
    """A case and why it is opened."""

    case_id: str = strawberry.field(description="The case.")
    reason: str = strawberry.field(description="Why.")
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A case and its new owner.")
class AssignRecallCaseInput:
    """A case and its new owner."""

    case_id: str = strawberry.field(description="The case.")
    owner: str = strawberry.field(description="Who is in charge from now on.")
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="Words for the log of a case.")
class NoteOnRecallCaseInput:
    """Words for the log of a case."""

    case_id: str = strawberry.field(description="The case.")
    text: str = strawberry.field(description="The words.")
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A case, why it ends, and whether its holds stay.")
class CloseRecallCaseInput:
    """A case, why it ends, and whether its holds stay."""

    case_id: str = strawberry.field(description="The case.")
    reason: str = strawberry.field(description="Why.")
    keep_holds: bool = strawberry.field(
        default=False, description="Close although lots or containers are held: they stay so on purpose."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A case, and what of it is to be stopped.")
class ContainRecallCaseInput:
    """A case, and what of it is to be stopped."""

    case_id: str = strawberry.field(description="The case.")
    reason: str = strawberry.field(description="Why; it stands in every hold.")
    lot_ids: list[str] | None = strawberry.field(
        default=None,
        description="Only these lots, also ones let go before; when absent all reached that were not.",
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A case, and what of it may go on.")
class ReleaseFromRecallCaseInput:
    """A case, and what of it may go on."""

    case_id: str = strawberry.field(description="The case.")
    reason: str = strawberry.field(description="Why; it stands in every release.")
    lot_ids: list[str] = strawberry.field(default_factory=list, description="Lots that it holds.")
    container_ids: list[str] = strawberry.field(default_factory=list, description="Containers that it holds.")
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A command that a system has carried out.")
class AcknowledgeHoldCommandInput:
    """A command that a system has carried out."""

    command_id: str = strawberry.field(description="The command.")
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="A recall to practise.")
class RunRecallDrillInput:
    """A recall to practise."""

    material_lot_id: str | None = strawberry.field(
        default=None, description="The suspect; one that lots have used, by chance, when absent."
    )
    within_seconds: float | None = strawberry.field(
        default=None, description="Time that the answer may take; the deployment's target when absent."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=_OWN_ID)


@strawberry.input(description="Which cases; all given conditions hold.")
class RecallCaseFilter:
    """Which cases; all given conditions hold."""

    state: list[CaseState] | None = strawberry.field(default=None, description="In one of these states.")
    kind: CaseKind | None = strawberry.field(default=None, description="Meant, or a drill.")
    owner: str | None = strawberry.field(default=None, description="Whose.")


@strawberry.input(description="A recall asked again with something changed.")
class RecallVariantInput:
    """A recall asked again with something changed."""

    name: str = strawberry.field(description="What you call it.")
    minutes: int | None = strawberry.field(
        default=None, description="The window wider by so many minutes on both sides; negative: narrower."
    )
    position: str | None = strawberry.field(default=None, description="Only this position of the machine.")
    exclude_reinspected: bool = strawberry.field(
        default=False, description="Without lots whose last inspection since they were reached was passed."
    )
