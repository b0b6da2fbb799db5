"""Facts with a long column of identifiers: each different one is checked once, instead of every row."""

from __future__ import annotations

from contextlib import suppress
from operator import itemgetter
from typing import Final, TypeAlias

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.long_rows import taken_out
from twin.events.substrate import DiesTransferred, UnitMark, UnitsIdentified
from twin.events.transfers import PackedTransfers
from twin.vocabulary.identifiers import EquipmentId, LotId, OperationCode, SubstrateId
from twin.vocabulary.quantities import Coordinate
from twin.vocabulary.states import SubstrateKind

_Move: TypeAlias = tuple[str, Coordinate, Coordinate, Coordinate, Coordinate]


class _Transferred(Struct, kw_only=True, forbid_unknown_fields=True):
    to_substrate_id: SubstrateId
    to_kind: SubstrateKind
    operation: OperationCode
    equipment_id: EquipmentId
    transfers: tuple[_Move, ...]
    lot_id: LotId | None = None


class TransfersDecoder:
    """Reads and refuses what the strict decoder of ``DiesTransferred`` does, in a third of its time."""

    def __init__(self, *, trusting: bool) -> None:
        """``trusting``: for what was checked when it came, so that no row is checked again."""
        self._trusting = trusting

    def decode(self, data: str | bytes | Raw) -> DiesTransferred:
        """The fact that this JSON tells.

        Raises:
            msgspec.DecodeError: it tells none.
        """
        taken = taken_out(data.encode() if isinstance(data, str) else bytes(data))
        if taken is not None:
            with suppress(msgspec.DecodeError, NoTransfers):
                return _filled(_STRICT.decode(taken.rest), taken.transfers)
        try:
            told = _QUICK.decode(data)
            if not self._trusting:
                msgspec.convert(set(map(itemgetter(0), told.transfers)), set[SubstrateId])
        except msgspec.DecodeError:
            return _STRICT.decode(data)
        return DiesTransferred(
            to_substrate_id=told.to_substrate_id,
            to_kind=told.to_kind,
            operation=told.operation,
            equipment_id=told.equipment_id,
            transfers=told.transfers,
            lot_id=told.lot_id,
        )


class NoTransfers(ValueError):
    """A fact has no empty list of transfers."""


def filled(event: Event, transfers: PackedTransfers) -> Event:
    """The event with the transfers that were taken out of it.

    Raises:
        NoTransfers: they were not taken out of this event.
    """
    return replace(event, fact=_filled(event.fact, transfers))


def _filled(fact: Fact, transfers: PackedTransfers) -> DiesTransferred:
    if not isinstance(fact, DiesTransferred) or fact.transfers:
        raise NoTransfers
    return replace(fact, transfers=transfers)


class _Mark(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    unit_id: str
    x: Coordinate | None = None
    y: Coordinate | None = None
    mark: str | None = None


class _Identified(Struct, kw_only=True, forbid_unknown_fields=True):
    lot_id: LotId
    units: tuple[_Mark, ...]
    substrate_id: SubstrateId | None = None


class StoredUnitsDecoder:
    """Reads ``UnitsIdentified`` that was checked when it came, in half the time of the strict decoder."""

    def decode(self, data: str | bytes | Raw) -> UnitsIdentified:
        """The fact that this JSON tells.

        Raises:
            msgspec.DecodeError: it tells none.
        """
        told = _QUICK_UNITS.decode(data)
        units = tuple(
            [UnitMark(unit_id=each.unit_id, x=each.x, y=each.y, mark=each.mark) for each in told.units]
        )
        return UnitsIdentified(lot_id=told.lot_id, units=units, substrate_id=told.substrate_id)


_QUICK_UNITS: Final = msgspec.json.Decoder(_Identified)
_QUICK: Final = msgspec.json.Decoder(_Transferred)
_STRICT: Final = msgspec.json.Decoder(DiesTransferred)

STORED: Final[dict[str, TransfersDecoder | StoredUnitsDecoder]] = {
    DiesTransferred.__name__: TransfersDecoder(trusting=True),
    UnitsIdentified.__name__: StoredUnitsDecoder(),
}
"""Type to its decoder, for what was checked when it came."""
