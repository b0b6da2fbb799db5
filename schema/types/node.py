"""What every thing with a global id has, and how long lists are cut."""

from __future__ import annotations

import strawberry

from resolvers import pages
from schema.fields import answers, resolved_by, told
from schema.policies import READERS
from twin.records.material import Quantity as QuantityRecord
from twin.records.page import Cursor


@strawberry.interface(description="Anything that node(id:) finds again.")
class Node:
    """Anything that node(id:) finds again."""

    allowed_roles = READERS

    id: strawberry.ID = strawberry.field(description="The opaque id by which node(id:) finds this again.")


@answers(allow=READERS)
class PageInfo:
    """Whether a list goes on, and from where."""

    has_next_page: bool = told("Whether more rows follow.")
    end_cursor: Cursor | None = told("Send it as `after` to get the rows that follow; null on an empty page.")


@answers(allow=READERS)
class Connection:
    """A slice of a list."""

    page_info: PageInfo = told("Whether the list goes on, and from where.")
    total_count: int = resolved_by(pages.total_count)


@answers(QuantityRecord, allow=READERS)
class Quantity:
    """An amount with its unit of measure."""

    value: float = told("How much.")
    unit: str = told("Of what: PCS, KG, G, M, ML or the like.")
