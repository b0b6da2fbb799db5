"""What a tester did, gathered from the records of one file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from connectors.errors import UnreadableMessage
from connectors.stdf import records
from connectors.stdf.client import Record, RecordReader
from connectors.stdf.records import Hbr, Mir, Prr

MAX_VALUES: Final = 20_000
"""How many test values one touchdown may keep."""

MAX_RECORDS: Final = 5_000_000
"""How many records with results one file may hold."""

_ALWAYS: Final = frozenset(
    {
        records.MIR,
        records.MRR,
        records.HBR,
        records.WIR,
        records.WRR,
        records.PIR,
        records.PRR,
    }
)
_VALUES: Final = frozenset({records.PTR, records.MPR, records.FTR})


@dataclass
class Touchdown:
    """One contact of the probes with one part."""

    result: Prr
    values: dict[str, Any] | None = None


@dataclass
class WaferPass:
    """The touchdowns of one wafer, or of the parts of a lot without wafers."""

    wafer_id: str = ""
    start_t: int | None = None
    finish_t: int | None = None
    is_closed: bool = False
    part_cnt: int | None = None
    touchdowns: list[Touchdown] = field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        """Whether the wafer's own end was told and its count agrees."""
        return self.is_closed and self.part_cnt in (None, len(self.touchdowns))


class TestSession:
    """One file's records, gathered in one walk; everything in it may be missing."""

    __test__ = False

    def __init__(self, reader: RecordReader, *, with_values: bool) -> None:
        self.mir: Mir | None = None
        self.has_mrr = False
        self.finish_t: int | None = None
        self.wafers: list[WaferPass] = []
        self.loose = WaferPass(is_closed=True)
        self.hbrs: list[Hbr] = []
        self._order = reader.order
        self._prr = records.prr_reader(reader.order)
        self._begun: Counter[tuple[int, int]] = Counter()
        self._ended: Counter[tuple[int, int]] = Counter()
        self._open: dict[int, WaferPass] = {}
        self._values: dict[tuple[int, int], dict[str, Any]] = {}
        for kept, record in enumerate(reader.records(_ALWAYS | _VALUES if with_values else _ALWAYS)):
            if kept >= MAX_RECORDS:
                raise UnreadableMessage(f"more than {MAX_RECORDS} records with results", stage="map")
            self._take(record)
        self._cut = reader.cut

    @property
    def is_complete(self) -> bool:
        """Whether the file tells its own end, and its counts agree with its touchdowns."""
        return (
            self.mir is not None
            and self.has_mrr
            and not self._cut
            and self._begun == self._ended
            and all(wafer.is_counted for wafer in self.wafers)
            and self._bins_agree()
        )

    def passes(self) -> list[WaferPass]:
        """The wafers in the order of the file, then the parts outside any wafer, if there are any."""
        return [*self.wafers, self.loose] if self.loose.touchdowns or not self.wafers else self.wafers

    def passing_bins(self) -> frozenset[int]:
        """The hard bins that the file itself calls passing."""
        return frozenset(row.hbin_num for row in self.hbrs if row.hbin_pf == "P")

    def _take(self, record: Record) -> None:
        kind, fields = record
        if kind == records.PRR:
            self._end_part(self._prr(fields))
        elif kind == records.PIR:
            site = records.site_of(fields)
            self._begun[site] += 1
            self._values.pop(site, None)
        elif kind in _VALUES:
            self._keep_value(record)
        else:
            self._take_summary(kind, fields)

    def _take_summary(self, kind: int, fields: bytes) -> None:
        if kind == records.MIR:
            self.mir = self.mir or records.mir(fields, self._order)
        elif kind == records.MRR:
            self.has_mrr, self.finish_t = True, records.mrr(fields, self._order)
        elif kind == records.HBR:
            self.hbrs.append(records.hbr(fields, self._order))
        elif kind == records.WIR:
            self._begin_wafer(records.wir(fields, self._order))
        else:
            self._end_wafer(records.wrr(fields, self._order))

    def _begin_wafer(self, wir: records.Wir) -> None:
        wafer = WaferPass(wafer_id=wir.wafer_id, start_t=wir.start_t)
        self.wafers.append(wafer)
        self._open[wir.head_num] = wafer

    def _end_wafer(self, wrr: records.Wrr) -> None:
        wafer = self._open.pop(wrr.head_num, None)
        if wafer is None:
            return
        wafer.is_closed = True
        wafer.wafer_id = wafer.wafer_id or wrr.wafer_id
        wafer.finish_t, wafer.part_cnt = wrr.finish_t, wrr.part_cnt

    def _end_part(self, prr: Prr) -> None:
        site = (prr.head_num, prr.site_num)
        self._ended[site] += 1
        wafer = self._open.get(prr.head_num, self.loose)
        wafer.touchdowns.append(Touchdown(prr, self._values.pop(site, None)))

    def _keep_value(self, record: Record) -> None:
        found = records.measured(record.kind, record.fields, self._order)
        if found is None:
            return
        values = self._values.setdefault(found.site, {})
        if len(values) < MAX_VALUES and _is_finite(found.value):
            values[str(found.test_num)] = found.value

    def _bins_agree(self) -> bool:
        if not self.hbrs:
            return True
        of_all = [row for row in self.hbrs if row.head_num == records.ALL_HEADS] or self.hbrs
        counted: Counter[int] = Counter()
        for row in of_all:
            counted[row.hbin_num] += row.hbin_cnt
        seen = Counter(touch.result.hard_bin for wafer in self.passes() for touch in wafer.touchdowns)
        return +counted == seen


def _is_finite(value: float | list[float] | None) -> bool:
    if value is None:
        return False
    return all(isfinite(number) for number in value) if isinstance(value, list) else isfinite(value)
