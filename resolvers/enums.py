"""The twin's closed vocabularies as enums of the schema, declared before anything is annotated with them."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Final

import strawberry

from twin.vocabulary import cases, states
from twin.vocabulary.things import ThingKind

ENUMS: Final[tuple[type[Enum], ...]] = (
    states.FrameKind,
    states.TraceDirection,
    ThingKind,
    states.Certainty,
    states.Disposition,
    states.EquipmentState,
    states.LotStatus,
    states.WipStatus,
    states.QualityStatus,
    states.Granularity,
    states.SubstrateKind,
    cases.CaseKind,
    cases.CaseState,
    cases.CaseAction,
    cases.HoldTarget,
    cases.HoldVerb,
    cases.CommandState,
    cases.JobState,
    cases.ChangeKind,
)
"""Every vocabulary that an answer may use; their docstrings are their descriptions."""

for vocabulary in ENUMS:
    strawberry.enum(vocabulary, description=inspect.getdoc(vocabulary))
