"""What does not fit between the map of a substrate and the dies on it."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from sys import byteorder
from typing import Final, NamedTuple

import msgspec

from twin.events.substrate import BinDefinition
from twin.folds.suspicion import Suspicion
from twin.vocabulary.states import BinQuality

_SITES_SAID: Final = 50
_LEGEND: Final = msgspec.json.Decoder(tuple[BinDefinition, ...])


class Sheet(NamedTuple):
    """A map as it is kept: packed bins, lowest y and lowest x first, and what each bin means."""

    bins: bytes
    columns: int
    first_x: int
    first_y: int
    legend: str


def empty_good_sites(sheet: Sheet, filled: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sites that the map calls good although no die came to them, by x, then y."""
    good = _of_quality(sheet, BinQuality.PASS)
    sites = (
        (sheet.first_x + index % sheet.columns, sheet.first_y + index // sheet.columns)
        for index, code in enumerate(_codes(sheet))
        if code in good
    )
    return sorted(site for site in sites if site not in filled)


def unexplained_bins(sheet: Sheet) -> list[int]:
    """The bins that occur although the map itself says that it does not know what they mean."""
    return sorted(_of_quality(sheet, BinQuality.UNKNOWN).intersection(_codes(sheet)))


def map_suspicions(key: str, sheet: Sheet, filled: Collection[tuple[int, int]]) -> Iterator[Suspicion]:
    """What is odd about the map of one substrate; one that no die came to says nothing of empty sites."""
    if filled and (empty := empty_good_sites(sheet, filled)):
        said = " ".join(f"({x},{y})" for x, y in empty[:_SITES_SAID])
        more = f" and {len(empty) - _SITES_SAID} more" if len(empty) > _SITES_SAID else ""
        yield Suspicion(
            code="site.no_die",
            about=key,
            message=f"{len(empty)} sites of {key} hold no die although the map calls them good:"
            f" {said}{more}.",
            things=(f"SUBSTRATE:{key}",),
        )
    if unexplained := unexplained_bins(sheet):
        yield Suspicion(
            code="map.bin_unknown",
            about=key,
            message=f"The map of {key} uses bins of unknown quality: {unexplained}.",
            things=(f"SUBSTRATE:{key}",),
        )


def _codes(sheet: Sheet) -> array[int]:
    codes = array("H")
    codes.frombytes(sheet.bins)
    if byteorder == "big":
        codes.byteswap()
    return codes


def _of_quality(sheet: Sheet, quality: BinQuality) -> set[int]:
    return {row.bin for row in _LEGEND.decode(sheet.legend) if row.quality is quality}
