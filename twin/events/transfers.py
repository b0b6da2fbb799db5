"""The dies that one event moved, in columns: of a whole wafer there are thousands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.events.substrate import Transfer

Places: TypeAlias = NDArray[np.int64]
"""Both coordinates of each place in one number, in the order of x, then y."""

Codes: TypeAlias = NDArray[np.uint8] | NDArray[np.int64]
"""By row, the place of its name in a list of names."""

_LOW: Final = 0xFFFF_FFFF
_SIGN: Final = 0x8000_0000


class PackedTransfers(Sequence[Transfer]):
    """Rows of a ``DiesTransferred``: they read and compare like the tuple that they stand for.

    ``sources`` are the wafers, each once, as the rows come to name them; ``codes`` tells of each row which.
    ``dies`` are the places there, ``sites`` those on the substrate that they came to.
    """

    __slots__ = ("_json", "codes", "dies", "sites", "sources")

    def __init__(
        self, sources: tuple[str, ...], codes: Codes, dies: Places, sites: Places, json: bytes | None = None
    ) -> None:
        self.sources, self.codes, self.dies, self.sites = sources, codes, dies, sites
        self._json = json

    def __len__(self) -> int:
        return len(self.dies)

    def __iter__(self) -> Iterator[Transfer]:
        names = map(self.sources.__getitem__, self.codes.tolist())
        columns = (
            column for ends in (self.dies, self.sites) for column in (ends >> 32, (ends & _LOW) - _SIGN)
        )
        return zip(names, *(column.tolist() for column in columns), strict=True)

    @overload
    def __getitem__(self, place: int) -> Transfer: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Transfer, ...]: ...

    def __getitem__(self, place: int | slice) -> Transfer | tuple[Transfer, ...]:
        return tuple(self)[place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PackedTransfers | tuple) or len(self) != len(other):
            return False
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def without_json(self) -> PackedTransfers:
        """The same rows, without their canonical form at hand."""
        return PackedTransfers(self.sources, self.codes, self.dies, self.sites)

    def as_json(self) -> bytes:
        """The rows in their one canonical form."""
        return self._json or msgspec.json.encode(tuple(self))


def packed(transfers: Sequence[Transfer]) -> PackedTransfers:
    """The same rows in columns."""
    if isinstance(transfers, PackedTransfers):
        return transfers
    names, *columns = zip(*transfers, strict=True) if transfers else ((),) * 5
    known = {name: code for code, name in enumerate(dict.fromkeys(names))}
    codes = np.fromiter(map(known.__getitem__, names), np.int64, len(names))
    from_x, from_y, to_x, to_y = (np.array(column, np.int64) for column in columns)
    return PackedTransfers(tuple(known), codes, places(from_x, from_y), places(to_x, to_y))


def moved_from(transfers: Sequence[Transfer]) -> dict[str, int]:
    """How many dies came from each wafer, in the order in which the rows come to name them."""
    if isinstance(transfers, PackedTransfers):
        counts = np.bincount(transfers.codes, minlength=len(transfers.sources)).tolist()
        return dict(zip(transfers.sources, counts, strict=True))
    return dict(Counter(row[0] for row in transfers))


def places(xs: NDArray[np.int64], ys: NDArray[np.int64]) -> Places:
    """Places by their coordinates."""
    return (xs << 32) | (ys + _SIGN)


def coordinates(place: int) -> tuple[int, int]:
    """The coordinates of one place."""
    return place >> 32, (place & _LOW) - _SIGN
