"""What was told of material lots but who used them: known by id, because most of it is uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MOST: Final = 500
"""Ids of one material lot that are worth keeping at hand."""


class Pasts:
    """What came since the lines of material lots were read: uses by id, and whether anything else did."""

    def __init__(self) -> None:
        self._uses: dict[str, list[str]] = {}
        self._unread: set[str] = set()

    def is_read_anew(self, material_lot_id: str) -> None:
        """The line is about to be replaced; what is told from now on may not be in it."""
        self._uses.pop(material_lot_id, None)
        self._unread.discard(material_lot_id)

    def stays_unread(self, material_lot_id: str) -> None:
        """The line tells too little until it is replaced."""
        self._unread.add(material_lot_id)

    def hear(self, event_type: str, material_lot_ids: Iterable[str], event_id: str) -> None:
        """A new or voided event names material lots."""
        for key in material_lot_ids:
            uses = self._uses.setdefault(key, [])
            if event_type == "MaterialConsumed" and len(uses) < _MOST:
                uses.append(event_id)
            else:
                self._unread.add(key)

    def since(self, material_lot_id: str) -> tuple[str, ...] | None:
        """The uses since the line was read; None when the line tells too little."""
        return None if material_lot_id in self._unread else tuple(self._uses.get(material_lot_id, ()))
