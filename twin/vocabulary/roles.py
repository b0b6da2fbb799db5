"""Who may ask and do what."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The roles of the contract (interface.md section 4)."""

    OPERATOR = "operator"
    ENGINEER = "engineer"
    QUALITY = "quality"
    PLANNER = "planner"
    ADMIN = "admin"
    INTEGRATION = "integration"
    CUSTOMER = "customer"


STAFF: Final = frozenset(Role) - {Role.CUSTOMER}
