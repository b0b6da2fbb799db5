"""STDF V4 records by their names in the standard, as far as the twin needs their fields."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final, NamedTuple

from connectors.stdf.client import ByteOrder

MIR: Final = 0x010A
MRR: Final = 0x0114
HBR: Final = 0x0128
WIR: Final = 0x020A
WRR: Final = 0x0214
PIR: Final = 0x050A
PRR: Final = 0x0514
PTR: Final = 0x0F0A
MPR: Final = 0x0F0F
FTR: Final = 0x0F14

NO_COORDINATE: Final = -32_768
NO_COUNT: Final = 0xFFFFFFFF
NO_BIN: Final = 65_535
ALL_HEADS: Final = 255
NO_RESULT: Final = 0x12
"""TEST_FLG of a test without a valid result, or not executed."""


class Mir(NamedTuple):
    """The lot and the program of the file."""

    setup_t: int | None
    start_t: int | None
    lot_id: str
    part_typ: str
    node_nam: str
    tstr_typ: str
    job_nam: str
    job_rev: str
    sblot_id: str
    tst_temp: str


class Wir(NamedTuple):
    """A wafer begins."""

    head_num: int
    start_t: int | None
    wafer_id: str


class Wrr(NamedTuple):
    """A wafer ends."""

    head_num: int
    finish_t: int | None
    part_cnt: int | None
    wafer_id: str


class Prr(NamedTuple):
    """One touchdown ends, with its bins."""

    head_num: int
    site_num: int
    part_flg: int
    hard_bin: int
    soft_bin: int
    x_coord: int | None
    y_coord: int | None
    part_id: str


class Hbr(NamedTuple):
    """How many parts went into one hard bin."""

    head_num: int
    hbin_num: int
    hbin_cnt: int
    hbin_pf: str


class Measured(NamedTuple):
    """The value of one test at one site."""

    site: tuple[int, int]
    test_num: int
    value: float | bool | list[float] | None


class Fields:
    """Reads the fields of a record one after another; what is no longer there is ``None``."""

    def __init__(self, fields: bytes, order: ByteOrder) -> None:
        self._fields = fields
        self._order = order
        self._at = 0

    def number(self, form: str) -> int | None:
        """A whole number in a struct format such as ``H``."""
        found = self._take(form)
        return None if found is None else int(found)

    def real(self, form: str) -> float | None:
        """A floating-point number."""
        return self._take(form)

    def text(self) -> str:
        """A string behind its length; what is cut off is missing."""
        length = self.number("B") or 0
        raw = self._fields[self._at : self._at + length]
        self._at += length
        return _decoded(raw)

    def skip(self, count: int) -> None:
        """Passes over bytes that nobody asks for."""
        self._at += count

    def _take(self, form: str) -> float | None:
        layout = self._order + form
        size = struct.calcsize(layout)
        at, self._at = self._at, self._at + size
        if at + size > len(self._fields):
            return None
        value: float = struct.unpack_from(layout, self._fields, at)[0]
        return value


def mir(fields: bytes, order: ByteOrder) -> Mir:
    """The master information record."""
    read = Fields(fields, order)
    setup_t, start_t = read.number("I"), read.number("I")
    read.skip(7)  # station, modes, retest and protection codes, burn-in time, command mode
    lot_id, part_typ, node_nam, tstr_typ = read.text(), read.text(), read.text(), read.text()
    job_nam, job_rev, sblot_id = read.text(), read.text(), read.text()
    for _ in range(4):  # operator, executive type and version, test phase
        read.text()
    tst_temp = read.text()
    return Mir(setup_t, start_t, lot_id, part_typ, node_nam, tstr_typ, job_nam, job_rev, sblot_id, tst_temp)


def wir(fields: bytes, order: ByteOrder) -> Wir:
    """The wafer information record."""
    read = Fields(fields, order)
    head_num = read.number("B") or 0
    read.skip(1)
    return Wir(head_num, read.number("I"), read.text())


def wrr(fields: bytes, order: ByteOrder) -> Wrr:
    """The wafer results record."""
    read = Fields(fields, order)
    head_num = read.number("B") or 0
    read.skip(1)
    finish_t, part_cnt = read.number("I"), read.number("I")
    read.skip(16)
    return Wrr(head_num, finish_t, None if part_cnt == NO_COUNT else part_cnt, read.text())


def hbr(fields: bytes, order: ByteOrder) -> Hbr:
    """The hardware bin record."""
    read = Fields(fields, order)
    head_num = read.number("B") or 0
    read.skip(1)
    hbin_num, hbin_cnt, hbin_pf = read.number("H"), read.number("I"), read.number("B")
    return Hbr(head_num, hbin_num or 0, hbin_cnt or 0, chr(hbin_pf or 0x20))


def mrr(fields: bytes, order: ByteOrder) -> int | None:
    """The finish time of the master results record."""
    return Fields(fields, order).number("I")


def prr_reader(order: ByteOrder) -> Callable[[bytes], Prr]:
    """How to read the part results records of one file: the one record that comes by the thousand."""
    fixed = struct.Struct(order + "BBBHHHhhI")

    def prr(fields: bytes) -> Prr:
        if len(fields) < fixed.size:
            return _short_prr(fields, order)
        head, site, flag, _, hard_bin, soft_bin, x, y, _ = fixed.unpack_from(fields)
        length = fields[fixed.size] if len(fields) > fixed.size else 0
        part_id = _decoded(fields[fixed.size + 1 : fixed.size + 1 + length])
        return Prr(head, site, flag, hard_bin, soft_bin, _coordinate(x), _coordinate(y), part_id)

    return prr


def site_of(fields: bytes) -> tuple[int, int]:
    """Head and site of a part information record."""
    return (fields[0], fields[1]) if len(fields) >= 2 else (0, 0)


def _short_prr(fields: bytes, order: ByteOrder) -> Prr:
    read = Fields(fields, order)
    head, site, flag = read.number("B"), read.number("B"), read.number("B")
    read.skip(2)
    hard_bin, soft_bin, x, y = read.number("H"), read.number("H"), read.number("h"), read.number("h")
    return Prr(
        head or 0,
        site or 0,
        flag or 0,
        NO_BIN if hard_bin is None else hard_bin,
        NO_BIN if soft_bin is None else soft_bin,
        _coordinate(x),
        _coordinate(y),
        "",
    )


def measured(kind: int, fields: bytes, order: ByteOrder) -> Measured | None:
    """The value of a parametric, multiple-result or functional test record, if it holds one."""
    read = Fields(fields, order)
    test_num, head, site, flag = read.number("I"), read.number("B"), read.number("B"), read.number("B")
    if test_num is None or head is None or site is None or flag is None:
        return None
    if kind == FTR:
        return Measured((head, site), test_num, value=not flag & 0x80)
    read.skip(1)
    if kind == PTR:
        return None if flag & NO_RESULT else Measured((head, site), test_num, read.real("f"))
    states, results = read.number("H") or 0, read.number("H") or 0
    read.skip((states + 1) // 2)
    values = [read.real("f") for _ in range(min(results, len(fields) // 4))]
    return Measured((head, site), test_num, [value for value in values if value is not None])


def _coordinate(value: int | None) -> int | None:
    return None if value == NO_COORDINATE else value


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").strip(" \x00")
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip(" \x00")
