"""KLARF 1.8: records within records, with fields and lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from connectors.errors import UnreadableMessage
from connectors.klarf.client import Word, words
from connectors.klarf.inspection import InspectedWafer, defect_row

_MAX_DEPTH: Final = 16
_NM_PER_UM: Final = 1000.0


@dataclass
class Record:
    """A record with its value, its fields, its lists and the records within."""

    name: str
    value: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    lists: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    def every(self, name: str) -> Iterator[Record]:
        """The records of a name directly within."""
        return (record for record in self.records if record.name == name)


def inspected_wafers(text: str) -> list[InspectedWafer]:
    """The wafers of all lots of the file."""
    reader = _Reader(words(text))
    root = reader.record()
    if not reader.word().text.upper().startswith("ENDOFFILE"):
        raise UnreadableMessage("the file was cut: it has no EndOfFile")
    return [_wafer(lot, wafer) for lot in root.every("LOTRECORD") for wafer in lot.every("WAFERRECORD")]


def _wafer(lot: Record, wafer: Record) -> InspectedWafer:
    plans = chain.from_iterable(
        test.lists.get("SAMPLETESTPLANLIST", []) for test in wafer.every("TESTRECORD")
    )
    classes = [*lot.lists.get("CLASSLOOKUPLIST", []), *wafer.lists.get("CLASSLOOKUPLIST", [])]
    return InspectedWafer(
        wafer_id=wafer.value,
        lot_id=lot.value,
        step_id=_said(lot, wafer, "STEPID"),
        station=_said(lot, wafer, "INSPECTIONSTATIONID", last=True),
        stamp=" ".join(_field(lot, wafer, "RESULTTIMESTAMP")[:2]),
        dies={(row.get("XINDEX", ""), row.get("YINDEX", "")) for row in plans},
        classes={row.get("CLASSNUMBER", ""): row.get("CLASSNAME", "") for row in classes},
        defects=[defect_row(row, per_um=_NM_PER_UM) for row in wafer.lists.get("DEFECTLIST", [])],
        told=True,
    )


def _field(lot: Record, wafer: Record, name: str) -> list[str]:
    return wafer.fields.get(name) or lot.fields.get(name) or []


def _said(lot: Record, wafer: Record, name: str, *, last: bool = False) -> str:
    values = _field(lot, wafer, name)
    return (values[-1] if last else " ".join(values)) if values else ""


class _Reader:
    """Reads one record after another from the words of a file."""

    def __init__(self, stream: Iterator[Word]) -> None:
        self._words = stream

    def word(self) -> Word:
        found = next(self._words, None)
        if found is None:
            raise UnreadableMessage("the file was cut within a record")
        return found

    def record(self, depth: int = 0) -> Record:
        if depth == 0:
            self._expect("Record")
        if depth > _MAX_DEPTH:
            raise UnreadableMessage(f"records nested deeper than {_MAX_DEPTH}")
        made = Record(name=self.word().text.upper(), value="")
        if not (value := self.word()).is_mark("{"):
            made.value = value.text
            self._expect("{")
        while not (word := self.word()).is_mark("}"):
            self._member(made, word.text.upper(), depth)
        return made

    def _member(self, made: Record, kind: str, depth: int) -> None:
        if kind == "RECORD":
            made.records.append(self.record(depth + 1))
        elif kind == "FIELD":
            name = self.word().text.upper()
            self.word()
            self._expect("{")
            made.fields[name] = self._group()
        elif kind == "LIST":
            made.lists.setdefault(self.word().text.upper(), []).extend(self._list())
        elif kind != ";":
            raise UnreadableMessage(f"{kind[:32]!r} within a record; allowed: Record, Field, List")

    def _list(self) -> list[dict[str, str]]:
        columns: list[str] = []
        rows: list[dict[str, str]] = []
        self._expect("{")
        while not (word := self.word()).is_mark("}"):
            part = word.text.upper()
            self.word()
            self._expect("{")
            if part == "COLUMNS":
                columns = [name.upper() for name in self._group()[1::2]]
            elif part == "DATA":
                rows = [dict(zip(columns, row, strict=False)) for row in self._rows()]
            else:
                raise UnreadableMessage(f"{part[:32]!r} within a list; allowed: Columns, Data")
        return rows

    def _group(self) -> list[str]:
        values = []
        while not (word := self.word()).is_mark("}"):
            values.append(word.text)
        return values

    def _rows(self) -> Iterator[list[str]]:
        """The rows; a group within a row, such as its images, is passed over."""
        row: list[str] = []
        while not (word := self.word()).is_mark("}"):
            if word.is_mark("{"):
                self._group()
            elif word.is_mark(";"):
                yield row
                row = []
            else:
                row.append(word.text)

    def _expect(self, text: str) -> None:
        found = self.word()
        if found.text.upper() != text.upper():
            raise UnreadableMessage(f"{found.text[:32]!r} where {text!r} belongs")
