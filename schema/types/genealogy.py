"""Genealogy as a bounded, drawable graph."""

from __future__ import annotations

from resolvers import genealogy, shown
from schema.fields import answers, resolved_by, told
from schema.policies import READERS
from schema.types.event import Answer
from schema.types.forward import EventRecordRef
from schema.types.node import Node, Quantity
from twin.records import answer
from twin.records import genealogy as records
from twin.records.page import Cursor
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import ThingKind


@answers(records.LineageNode, allow=READERS)
class GenealogyNode:
    """A thing of the walk."""

    key: str = told("The thing as KIND:key.")
    kind: ThingKind = told("What kind of thing it is.")
    label: str = told("What to write beside it.")
    level: int = told("How many edges away from the root.")
    order: int = told("Its place within its level.")
    until: Instant | None = told("Ancestors: the latest moment up to which it matters; null for no limit.")
    since: Instant | None = told("Descendants: the earliest moment from which it matters; null for always.")
    node: Node | None = resolved_by(genealogy.node)


@answers(shown.ShownGroup, allow=READERS)
class GenealogyGroup:
    """Many things of one kind on one level that hang on the same things, drawn as one."""

    key: str = told("What edges name it by.")
    kind: ThingKind = told("What kind of things they are.")
    level: int = told("How many edges away from the root they are.")
    order: int = told("Its place within its level.")
    count: int = told("How many things it stands for.")
    until: Instant | None = told("Ancestors: the latest moment up to which one matters; null for no limit.")
    since: Instant | None = told("Descendants: the earliest moment from which one matters; null for always.")
    continue_: Cursor = told("Sent as `after` with the same question, it gets these things.", name="continue")


@answers(records.DrawnEdge, allow=READERS)
class GenealogyEdge:
    """One fact between two things, told in the direction in which material flows.

    Where a group is drawn, one edge may stand for many facts: it tells no amount, time and event then.
    """

    from_: str = resolved_by(genealogy.edge_from, name="from")
    to: str = resolved_by(genealogy.edge_to)
    relation: str = told("What the fact says.")
    quantity: Quantity | None = resolved_by(genealogy.edge_quantity)
    at: Instant | None = told("When it happened.")
    event: EventRecordRef | None = resolved_by(genealogy.edge_event)


@answers(shown.Genealogy, allow=READERS)
class Genealogy:
    """A walk back to what went in, or forward to what came out."""

    root: GenealogyNode = told("Where the walk starts.")
    nodes: list[GenealogyNode] = told("The things of this page by level and order, the root first.")
    groups: list[GenealogyGroup] = told("The groups of this page, where `collapse` was asked for.")
    edges: list[GenealogyEdge] = told("The facts that lead to the things of this page.")
    answer: Answer = told("What the answer says about itself.")


@answers(answer.SuspectFactor, allow=READERS)
class SuspectFactor:
    """Something that bad things share more often than good ones."""

    kind: ThingKind = told("What kind of thing it is.")
    key: str = told("The thing as KIND:key.")
    label: str = told("What to write beside it.")
    bad_covered: int = told("How many of the bad things it is an ancestor of.")
    good_covered: int = told("How many of the good things it is an ancestor of.")
    lift: float = told("How much more often bad things have it than all things do.")
    p_value: float = told("How likely so much would be by chance (Fisher's exact test, one-sided).")
    position: str | None = told("The position of the machine, where only that is shared.")
    operation: str | None = told("The operation, where an hour of it is shared on whatever machine.")
    since: Instant | None = told("The start of the hour, where only that is shared.")
    until: Instant | None = told("The end of that hour.")
    zone: str | None = told("The ring of the wafers, CENTER, MIDDLE or EDGE, where only that is shared.")
