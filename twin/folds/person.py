"""Customers and operators, who are only ever named."""

from __future__ import annotations

from typing import ClassVar

from twin.folds.fold import Fold


class CustomerFold(Fold):
    """Who orders and receives."""

    label: ClassVar[str] = "Customer"


class OperatorFold(Fold):
    """Who works at a machine."""

    label: ClassVar[str] = "Operator"
