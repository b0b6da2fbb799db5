"""KLARF 1.1 and 1.2: statements that end with a semicolon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connectors.errors import UnreadableMessage
from connectors.klarf.client import words
from connectors.klarf.inspection import InspectedWafer, defect_row, pairs


def inspected_wafers(text: str) -> list[InspectedWafer]:
    """The wafers that the file gives a defect list; a wafer only named at its end is none of them."""
    reader = _Reader()
    for statement in _statements(text):
        reader.take(statement[0].upper(), statement[1:])
    if not reader.ended:
        raise UnreadableMessage("the file was cut: it has no EndOfFile")
    return [wafer for wafer in reader.wafers if wafer.told]


def _statements(text: str) -> Iterator[list[str]]:
    statement: list[str] = []
    for word in words(text):
        if not word.is_mark(";"):
            statement.append(word.text)
        elif statement:
            yield statement
            statement = []
    if statement:
        yield statement


class _Reader:
    """Takes one statement after another; header statements hold until the next of their name."""

    def __init__(self) -> None:
        self.wafers: list[InspectedWafer] = []
        self.ended = False
        self._header = InspectedWafer(wafer_id="")
        self._columns: list[str] = []

    def take(self, name: str, values: list[str]) -> None:
        if name == "WAFERID":
            self._header = replace(
                self._header, wafer_id=" ".join(values), dies=set(), defects=[], told=False
            )
            self.wafers.append(self._header)
        elif name == "DEFECTRECORDSPEC":
            self._columns = [column.upper() for column in values[1:]]
        elif name == "DEFECTLIST":
            if not self.wafers:
                raise UnreadableMessage("a DefectList before any WaferID", stage="map")
            self._header.told = True
            self._header.defects += [defect_row(row, per_um=1) for row in self._rows(values)]
        elif name == "ENDOFFILE":
            self.ended = True
        else:
            self._take_header(name, values)

    def _take_header(self, name: str, values: list[str]) -> None:
        header = self._header
        if name == "LOTID":
            header.lot_id = " ".join(values)
        elif name == "STEPID":
            header.step_id = " ".join(values)
        elif name == "RESULTTIMESTAMP":
            header.stamp = " ".join(values[:2])
        elif name == "INSPECTIONSTATIONID":
            header.station = values[2] if len(values) > 2 else " ".join(values)
        elif name == "CLASSLOOKUP":
            header.classes.update(pairs(values[1:]))
        elif name == "SAMPLETESTPLAN":
            header.dies.update(pairs(values[1:]))

    def _rows(self, values: list[str]) -> Iterator[dict[str, str]]:
        if values and not self._columns:
            raise UnreadableMessage("a DefectList before its DefectRecordSpec", stage="map")
        at = 0
        while at < len(values):
            row: dict[str, str] = {}
            for column in self._columns:
                if at >= len(values):
                    raise UnreadableMessage("a defect row is shorter than its DefectRecordSpec", stage="map")
                row[column] = values[at]
                at += 1 + (2 * _images(values[at]) if column == "IMAGELIST" else 0)
            yield row
        if at > len(values):
            raise UnreadableMessage("an image list is shorter than its count", stage="map")


def _images(count: str) -> int:
    """How many pairs of image number and type follow."""
    if not count.isascii() or not count.isdigit() or len(count) > 6:
        raise UnreadableMessage(f"an image list counts {count[:16]!r}", stage="map")
    return int(count)
