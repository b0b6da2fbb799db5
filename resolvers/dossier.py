"""Who may take which answer out of the house as files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from resolvers import inputs
from resolvers.context import Context
from resolvers.references import thing_asked
from resolvers.scopes import scope_asked
from twin.errors import Forbidden, NotFound, Refused
from twin.queries.clocks import Clocks
from twin.queries.dossier import Terms, recall_dossier, trace_dossier
from twin.records.dossier import Dossier
from twin.records.recall import LotScope
from twin.vocabulary.instants import Instant
from twin.vocabulary.roles import Role
from twin.vocabulary.states import TraceDirection

RECALL_EXPORTERS: Final = (Role.QUALITY, Role.ADMIN, Role.CUSTOMER)
TRACE_EXPORTERS: Final = (Role.ENGINEER, Role.QUALITY, Role.ADMIN, Role.CUSTOMER)
REFUSED_AFTER_S: Final = 1.0
"""Longer than it takes to find out that a thing is another customer's, but for the largest."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a dossier is asked for: moments, depth of a walk, and for which customer's eyes."""

    as_of: Instant | None = None
    known_at: Instant | None = None
    depth: int | None = None
    customer_id: str | None = None


@asynccontextmanager
async def alike(context: Context) -> AsyncIterator[None]:
    """Let a customer wait as long for a refusal whether the thing is somebody else's or nobody's."""
    began = time.monotonic()
    try:
        yield
    except NotFound:
        if context.viewer.role is Role.CUSTOMER:
            await asyncio.sleep(began + REFUSED_AFTER_S - time.monotonic())
        raise


async def recall(context: Context, scope: inputs.RecallScope, asked: Asked) -> Dossier:
    """Everything that may carry a suspect, for whoever may export it.

    A customer may ask about own lots only: what else is suspect, quality tells.

    Raises:
        Forbidden: the role may not.
        NotFound: nothing of that name is known, or not to this customer.
    """
    context.viewer.require(*RECALL_EXPORTERS)
    wanted = scope_asked(scope)
    if context.viewer.role is Role.CUSTOMER and not isinstance(wanted, LotScope):
        raise Forbidden("a customer may ask what a lot of their own reached")
    return await recall_dossier(context.graph, wanted, _terms(context, asked))


async def trace(context: Context, of: inputs.ThingRef, direction: TraceDirection, asked: Asked) -> Dossier:
    """The whole walk from a thing, for whoever may export it.

    Raises:
        Forbidden: the role may not.
        NotFound: nothing of that name is known, or not to this customer.
    """
    context.viewer.require(*TRACE_EXPORTERS)
    if asked.depth is not None and asked.depth < 0:
        raise Refused("depth counts edges and is 0 or more.", code="depth.bad", field="depth")
    return await trace_dossier(context.graph, thing_asked(of), direction, _terms(context, asked))


def _terms(context: Context, asked: Asked) -> Terms:
    """A customer's own id wins over any that is asked for."""
    own = context.viewer.customer_id
    clocks = Clocks(asked.as_of, asked.known_at)
    if own is not None and asked.customer_id not in {None, own}:
        raise Forbidden("a customer may ask for nobody else")
    return Terms(clocks, asked.depth, own or asked.customer_id, by_customer=own is not None)
