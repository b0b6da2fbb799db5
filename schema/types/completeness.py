"""How complete records are."""

from __future__ import annotations

from resolvers import completeness
from schema.fields import answers, resolved_by, told
from schema.policies import ANALYSTS
from schema.types.event import Answer
from twin.records import completeness as records
from twin.records.completeness import Aspect


@answers(records.AspectScore, allow=ANALYSTS)
class CompletenessAspectScore:
    """How much one aspect requires by now, and how much of that is recorded."""

    aspect: Aspect = told("What requires it.")
    required: int = told("Records that are required by now.")
    recorded: int = told("Records that are there.")


@answers(records.Gap, allow=ANALYSTS)
class CompletenessGap:
    """Something that is required and not recorded."""

    aspect: Aspect = told("What requires it.")
    code: str = told("Which rule it breaks, such as route.no_run or bom.not_consumed.")
    wanted: str = told("What is wanted: an operation, a material, a map.")
    thing: str = resolved_by(completeness.gap_thing)


@answers(completeness.ShownCompleteness, allow=ANALYSTS)
class Completeness:
    """What is recorded, held against what route, bill of materials, maps and tests require by now."""

    thing: str = resolved_by(completeness.thing)
    score: float | None = resolved_by(completeness.score)
    required: int = resolved_by(completeness.required)
    recorded: int = resolved_by(completeness.recorded)
    aspects: list[CompletenessAspectScore] = resolved_by(completeness.aspects)
    missing: list[CompletenessGap] = resolved_by(completeness.missing)
    missing_count: int = resolved_by(completeness.missing_count)
    unscored: list[str] = resolved_by(completeness.unscored)
    level: int | None = resolved_by(completeness.level)
    material_level: int | None = resolved_by(completeness.material_level)
    process_level: int | None = resolved_by(completeness.process_level)
    wanting: list[str] = resolved_by(completeness.wanting)
    answer: Answer = told("What the answer says about itself.")
