"""How complete the records of a lot, a unit or a product are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import strawberry
from strawberry import Parent

from resolvers.asking import Info, ask_at
from twin.errors import Refused
from twin.graph.session import Graph
from twin.queries.answers import answer_about
from twin.queries.clocks import Clocks
from twin.queries.completeness import (
    LOTS_AT_MOST,
    completeness_of_lot,
    completeness_of_product,
    completeness_of_unit,
)
from twin.queries.paging import size
from twin.queries.watermark import watermark
from twin.records import completeness as records
from twin.records.answer import Answer
from twin.records.completeness import Aspect
from twin.vocabulary.instants import Instant

strawberry.enum(Aspect, name="CompletenessAspect", description="What requires a record.")


@strawberry.input(one_of=True, description="Whose records: exactly one field.")
class CompletenessOf:
    """Whose records: exactly one field."""

    lot_id: str | None = strawberry.field(default=strawberry.UNSET, description="A lot.")
    unit_id: str | None = strawberry.field(default=strawberry.UNSET, description="A unit.")
    product_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A product: its lots added up.",
    )


@dataclass(frozen=True, slots=True)
class ShownCompleteness:
    """A score with what the answer says about itself."""

    row: records.Completeness
    answer: Answer


async def find(
    info: Info, of: CompletenessOf, as_of: Instant | None = None, known_at: Instant | None = None
) -> ShownCompleteness:
    """How much of what route, bill of materials, maps and tests require by now is recorded.

    Of a product at most 200 lots are added up, the last by name; the answer says so when there are more.
    """
    graph, clocks = info.context.graph, ask_at(info, as_of, known_at)
    async with info.context.limits.heavy:
        (found, is_whole), read_up_to = await asyncio.gather(_found(graph, of, clocks), watermark(graph))
    limit_hit = None if is_whole else f"completeness.last_{LOTS_AT_MOST}_lots"
    answer = await answer_about(graph, clocks, (), limit_hit=limit_hit, read_up_to=read_up_to)
    return ShownCompleteness(found, answer)


async def _found(graph: Graph, of: CompletenessOf, clocks: Clocks) -> tuple[records.Completeness, bool]:
    if of.lot_id:
        return await completeness_of_lot(graph, of.lot_id, clocks), True
    if of.unit_id:
        return await completeness_of_unit(graph, of.unit_id, clocks), True
    if of.product_id:
        return await completeness_of_product(graph, of.product_id, clocks)
    raise Refused("Name one lot, unit or product.", code="completeness.of_nothing", field="of")


def thing(root: Parent[ShownCompleteness]) -> str:
    """Whose records, as KIND:key."""
    return root.row.name


def score(root: Parent[ShownCompleteness]) -> float | None:
    """From 0 to 1: the mean over the aspects that require something; null when that cannot be told."""
    return root.row.score


def required(root: Parent[ShownCompleteness]) -> int:
    """How many records are required by now."""
    return root.row.required


def recorded(root: Parent[ShownCompleteness]) -> int:
    """How many of them are there."""
    return root.row.recorded


def unscored(root: Parent[ShownCompleteness]) -> list[str]:
    """Why there is no score or level, and which aspects nobody defined: codes such as route.unknown."""
    return list(root.row.unscored)


def aspects(root: Parent[ShownCompleteness]) -> list[records.AspectScore]:
    """The aspects that require something by now."""
    return list(root.row.aspects)


def missing(root: Parent[ShownCompleteness], first: int | None = 100) -> list[records.Gap]:
    """What is required and not recorded, the first of it; missingCount counts all."""
    return list(root.row.missing[: size(first, default=100)])


def missing_count(root: Parent[ShownCompleteness]) -> int:
    """How many rows of missing there are."""
    return len(root.row.missing)


def level(root: Parent[ShownCompleteness]) -> int | None:
    """The IPC-1782 level reached, 0 to 4, by our reading of facts alone; null when it cannot be told."""
    return root.row.level


def material_level(root: Parent[ShownCompleteness]) -> int | None:
    """The level that the material records reach."""
    return None if root.row.levels is None else root.row.levels.material


def process_level(root: Parent[ShownCompleteness]) -> int | None:
    """The level that the process records reach."""
    return None if root.row.levels is None else root.row.levels.process


def wanting(root: Parent[ShownCompleteness]) -> list[str]:
    """What keeps from the next level, as codes."""
    return [] if root.row.levels is None else list(dict.fromkeys(root.row.levels.wanting))


def gap_thing(root: Parent[records.Gap]) -> str:
    """Where it is wanting, as KIND:key: a lot is the one whose units were brought in without it."""
    return str(root.thing)
