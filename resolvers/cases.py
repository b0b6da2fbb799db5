"""Recall cases as they are read: one, many, and what each would be with something changed."""

from __future__ import annotations

from collections.abc import Sequence

from strawberry import Parent

from resolvers.asking import Info, ask_at
from resolvers.case_changes import desk_of, office_of
from resolvers.case_inputs import RecallCaseFilter, RecallVariantInput
from resolvers.inputs import RecallScope
from resolvers.recall import impact_of
from resolvers.scopes import scope_asked
from resolvers.shown import RecallImpact, ShownLot, ShownUnit
from twin.cases import what_if as what_ifs
from twin.cases.scope_text import scope_shown
from twin.queries.clocks import LIVE, Clocks
from twin.queries.paging import size, sliced
from twin.records.case import CaseChange, CaseEntry, RecallCase
from twin.records.event import EventRecord
from twin.records.page import Cursor, Page
from twin.records.recall import AffectedLot, AffectedUnit
from twin.records.recall import RecallScope as Scope
from twin.records.what_if import ChangedLot, Compared, Variant, WhatIf
from twin.vocabulary.instants import Instant


async def find(info: Info, case_id: str) -> RecallCase:
    """One recall case as it stands."""
    return await desk_of(info).ledger.case(case_id)


async def find_all(
    info: Info,
    filter: RecallCaseFilter | None = None,  # noqa: A002 - the argument's name in the schema
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[RecallCase]:
    """Recall cases and drills, the newest first."""
    wanted = filter or RecallCaseFilter()
    rows = [case for case in await desk_of(info).ledger.cases() if _kept(case, wanted)]
    return sliced(f"recallCases {wanted!r}", rows, _newest_first, size(first), after)


def _newest_first(case: RecallCase) -> tuple[int]:
    return (-int(case.case_id.partition("-")[2]),)


def _kept(case: RecallCase, wanted: RecallCaseFilter) -> bool:
    return (
        (wanted.state is None or case.state in wanted.state)
        and (wanted.kind is None or case.kind is wanted.kind)
        and (wanted.owner is None or case.owner == wanted.owner)
    )


async def what_if(
    info: Info,
    scope: RecallScope,
    variants: list[RecallVariantInput],
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> WhatIf:
    """What a recall reaches, beside what it would with a wider window, one head only, and the like."""
    clocks = ask_at(info, as_of, known_at)
    return await _what_if(info, scope_asked(scope), variants, clocks)


async def case_what_if(root: Parent[RecallCase], info: Info, variants: list[RecallVariantInput]) -> WhatIf:
    """The case as it is now, beside what it would be with a wider window, one head only, and the like."""
    return await _what_if(info, root.scope, variants, Clocks())


async def case_impact(root: Parent[RecallCase], info: Info) -> RecallImpact:
    """What the suspect has reached by everything recorded so far."""
    return await impact_of(info.context, root.scope)


def scope(root: Parent[RecallCase]) -> object:
    """What is suspect, in the form of the input RecallScope."""
    return scope_shown(root.scope)


def log(root: Parent[RecallCase], first: int | None = 100, after: Cursor | None = None) -> Page[CaseEntry]:
    """Who did what to the case, and when; lines are only ever added."""
    return sliced(
        f"log {root.case_id}", root.log, lambda entry: (entry.number,), size(first, default=100), after
    )


async def changes(
    root: Parent[RecallCase], info: Info, first: int | None = 100, after: Cursor | None = None
) -> Page[CaseChange]:
    """What joined, left and changed since the case was opened, whether anybody looked or not."""
    rows = await office_of(info).changes.of_case(root.case_id)
    name = f"changes {root.case_id}"
    return sliced(name, rows, lambda row: (row.number,), size(first, default=100), after)


def change_key(root: Parent[CaseChange]) -> str:
    """The lot or unit, as KIND:key."""
    return str(root.thing)


async def change_because(root: Parent[CaseChange], info: Info) -> EventRecord | None:
    """The event that did it; null for what was found when nobody had followed the case."""
    return None if root.because is None else await info.context.loaders.events.load((root.because, LIVE))


def held_lots(root: Parent[RecallCase]) -> list[str]:
    """The lots that the case holds now."""
    return sorted(root.held_lots)


def held_containers(root: Parent[RecallCase]) -> list[str]:
    """The containers that the case holds now."""
    return sorted(root.held_containers)


def variant_name(root: Parent[Compared]) -> str:
    """What the asker calls it."""
    return root.variant.name


def variant_scope(root: Parent[Compared]) -> object:
    """What was asked with, in the form of the input RecallScope."""
    return scope_shown(root.scope)


def added(root: Parent[Compared], first: int | None = 100, after: Cursor | None = None) -> Page[ShownLot]:
    """The lots that only the variant reaches."""
    return _lots("added", root, root.added, first, after)


def removed(root: Parent[Compared], first: int | None = 100, after: Cursor | None = None) -> Page[ShownLot]:
    """The lots that the variant does not reach."""
    return _lots("removed", root, root.removed, first, after)


def added_units(
    root: Parent[Compared], first: int | None = 100, after: Cursor | None = None
) -> Page[ShownUnit]:
    """The units that only the variant reaches."""
    return _units("added", root, root.added_units, first, after)


def removed_units(
    root: Parent[Compared], first: int | None = 100, after: Cursor | None = None
) -> Page[ShownUnit]:
    """The units that the variant does not reach."""
    return _units("removed", root, root.removed_units, first, after)


def _lots(
    which: str, root: Compared, rows: Sequence[AffectedLot], first: int | None, after: Cursor | None
) -> Page[ShownLot]:
    shown = [ShownLot(row, root.base if which == "removed" else root.exposure) for row in rows]
    name = f"{which} lots {root.variant!r} {root.scope!r}"
    return sliced(name, shown, lambda row: (row.lot_id,), size(first, default=100), after)


def _units(
    which: str, root: Compared, rows: Sequence[AffectedUnit], first: int | None, after: Cursor | None
) -> Page[ShownUnit]:
    shown = [ShownUnit(row, root.base if which == "removed" else root.exposure) for row in rows]
    name = f"{which} units {root.variant!r} {root.scope!r}"
    return sliced(name, shown, lambda row: (row.unit_id,), size(first, default=100), after)


def lots_reached(root: Parent[Compared]) -> int:
    """How many lots the variant reaches."""
    return len(root.exposure.lots)


def units_reached(root: Parent[Compared]) -> int:
    """How many units the variant reaches by name."""
    return len(root.exposure.units)


def base_low(root: Parent[WhatIf]) -> int:
    """Units that carry the suspect, at least."""
    return root.exposure.totals.low


def base_high(root: Parent[WhatIf]) -> int:
    """Units that carry the suspect, at most."""
    return root.exposure.totals.high


def base_lots(root: Parent[WhatIf]) -> int:
    """How many lots are reached as it stands."""
    return root.exposure.totals.lots


def changed_before(root: Parent[ChangedLot]) -> ShownLot:
    """The lot as it stands."""
    return ShownLot(root.before, root.base)


def changed_now(root: Parent[ChangedLot]) -> ShownLot:
    """The lot in the variant."""
    return ShownLot(root.now, root.exposure)


async def _what_if(info: Info, scope_: Scope, variants: list[RecallVariantInput], clocks: Clocks) -> WhatIf:
    asked = [
        Variant(one.name, one.minutes, one.position, exclude_reinspected=one.exclude_reinspected)
        for one in variants
    ]
    async with info.context.limits.heavy:
        return await what_ifs.what_if(info.context.graph, scope_, asked, clocks)
