"""SINF text maps: a header of ``KEY:value`` lines, then one ``RowData:`` line a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from connectors.errors import UnreadableMessage
from connectors.file_facts import identifier, wafer_name
from connectors.file_format import DroppedFile, FileOptions
from connectors.wafer_map import mapping
from connectors.wafer_map.grid import NO_BIN
from connectors.wafer_map.mapping import BinMap, SubstrateRecord
from twin.events.event import Event
from twin.events.substrate import BinDefinition
from twin.vocabulary.states import BinQuality, MapAxis, MapOrigin, SubstrateKind

MAX_BYTES: Final = 32 * 1024 * 1024
REFERENCE_BIN: Final = 65_534
"""The bin of an ``@@`` site, beside ``NO_BIN`` of a ``__`` one: codes end at FFF."""

_LINE = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9_#]{0,31})[ \t]*:[ \t]*(.*)")
_START = re.compile(r"\s*(?:DEVICE|LOT|WAFER|PART#?|FNLOC)[ \t]*:", re.IGNORECASE)
_SIGN = re.compile(r"^[ \t]*(?:ROWCT|COLCT|ROWDATA)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_HEX = re.compile(r"[0-9A-Fa-f]{1,3}")


def recognises(head: bytes) -> bool:
    """Whether the file begins like a SINF header."""
    text = head.decode("latin-1").removeprefix("ï»¿")
    return _START.match(text) is not None and _SIGN.search(text) is not None


def read(file: DroppedFile, options: FileOptions) -> list[Event]:
    """The facts of a SINF file; it holds no clock, so the file's own dates it.

    Raises:
        UnreadableMessage: it has no rows, no wafer, or a code that is none.
    """
    if len(file.data) > MAX_BYTES:
        raise UnreadableMessage(f"{len(file.data)} bytes; a SINF map holds at most {MAX_BYTES}")
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = file.data.decode("latin-1")
    return mapping.events(_records(text), file, options)


def _records(text: str) -> Iterator[SubstrateRecord]:
    header: dict[str, str] = {}
    rows: list[tuple[int, ...]] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        if match[1].upper() == "ROWDATA":
            rows.append(tuple(_bin(code, len(rows) + 1) for code in match[2].split()))
        else:
            header.setdefault(match[1].upper(), match[2].strip())
    lot_id, wafer = identifier(header.get("LOT")), identifier(header.get("WAFER"))
    if wafer is None:
        raise UnreadableMessage("a SINF map without WAFER", stage="map")
    yield SubstrateRecord(
        substrate_id=wafer_name(lot_id, wafer),
        kind=SubstrateKind.WAFER,
        lot_id=lot_id,
        product_id=identifier(header.get("DEVICE")),
        bin_map=BinMap(
            rows=tuple(rows),
            null_bin=NO_BIN,
            definitions=_definitions(rows, header.get("BCEQU", "")),
            origin=MapOrigin.UPPER_LEFT,
            axis=MapAxis.DOWN_RIGHT,
            orientation_deg=_notch(header.get("FNLOC")),
            name="SINF",
        ),
    )


def _bin(code: str, row: int) -> int:
    if not code.strip("_"):
        return NO_BIN
    if not code.strip("@"):
        return REFERENCE_BIN
    if _HEX.fullmatch(code) is None:
        raise UnreadableMessage(f"row {row}: {code[:16]!r} is no bin code; allowed: hex, __, @@")
    return int(code, 16)


def _definitions(rows: list[tuple[int, ...]], good: str) -> tuple[BinDefinition, ...]:
    """What each bin that occurs means: BCEQU lists the good ones."""
    passing = {int(code, 16) for code in good.replace(",", " ").split() if _HEX.fullmatch(code)}
    found = sorted({code for row in rows for code in row} - {NO_BIN})
    return tuple(BinDefinition(bin=code, quality=_quality(code, passing)) for code in found)


def _quality(code: int, passing: set[int]) -> BinQuality:
    if code == REFERENCE_BIN:
        return BinQuality.REFERENCE
    if not passing:
        return BinQuality.UNKNOWN
    return BinQuality.PASS if code in passing else BinQuality.FAIL


def _notch(text: str | None) -> float:
    """FNLOC counts from the top, the twin clockwise from the bottom as SECS does."""
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]*)?", text) or float(text) > 360:
        raise UnreadableMessage(f"FNLOC {text[:16]!r}; allowed: 0 to 360")
    return (float(text) + 180) % 360
