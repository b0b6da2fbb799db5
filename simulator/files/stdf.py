"""Test data as a tester writes it (STDF V4, big-endian): header, touchdowns, bins, trailer."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

GOOD_BIN: Final = 1
_ALL_HEADS: Final = 255
_NO_COUNT: Final = 0xFFFFFFFF


@dataclass(frozen=True)
class Touchdown:
    """One test of one die: where, its bins, whether it passed."""

    x: int
    y: int
    hard_bin: int
    passed: bool


@dataclass
class TestRun:
    """One wafer or lot on a tester, between two moments (seconds since 1970)."""

    __test__ = False

    lot_id: str
    wafer_id: str
    part_type: str
    program: str
    started: int
    finished: int
    touchdowns: list[Touchdown] = field(default_factory=list)


def written(run: TestRun) -> bytes:
    """The run as an STDF file, whole."""
    records = [
        _record(0, 10, struct.pack(">BB", 1, 4)),
        _record(1, 10, _mir(run)),
        _record(2, 10, struct.pack(">BBL", 1, 255, run.started) + _text(run.wafer_id)),
    ]
    for number, touchdown in enumerate(run.touchdowns, 1):
        records += [_record(5, 10, struct.pack(">BB", 1, 0)), _record(5, 20, _prr(number, touchdown))]
    records.append(_record(2, 20, _wrr(run)))
    bins = Counter(touchdown.hard_bin for touchdown in run.touchdowns)
    for subtype in (40, 50):
        for code, count in sorted(bins.items()):
            verdict = b"P" if code == GOOD_BIN else b"F"
            records.append(_record(1, subtype, struct.pack(">BBHL", _ALL_HEADS, 0, code, count) + verdict))
    records.append(_record(1, 20, struct.pack(">L", run.finished)))
    return b"".join(records)


def cut(content: bytes) -> bytes:
    """The same file as a tester leaves it that lost its disk half way."""
    return content[: len(content) * 2 // 3]


def _record(kind: int, subtype: int, body: bytes) -> bytes:
    return struct.pack(">HBB", len(body), kind, subtype) + body


def _text(text: str) -> bytes:
    raw = text.encode("ascii", "replace")
    return bytes([len(raw)]) + raw


def _mir(run: TestRun) -> bytes:
    head = struct.pack(">LLB", run.started, run.started, 1) + b"P  " + struct.pack(">H", 0xFFFF) + b" "
    names = (run.lot_id, run.part_type, "SIM-NODE", "SIM-TESTER", run.program, "1")
    return head + b"".join(map(_text, names))


def _prr(number: int, touchdown: Touchdown) -> bytes:
    flags = 0x00 if touchdown.passed else 0x08
    bins = (touchdown.hard_bin, touchdown.hard_bin)
    body = struct.pack(">BBBHHHhhL", 1, 0, flags, 1, *bins, touchdown.x, touchdown.y, 15)
    return body + _text(str(number))


def _wrr(run: TestRun) -> bytes:
    counts = (len(run.touchdowns), _NO_COUNT, _NO_COUNT, _NO_COUNT, _NO_COUNT)
    return struct.pack(">BBLLLLLL", 1, 255, run.finished, *counts) + _text(run.wafer_id)
