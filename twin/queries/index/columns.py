"""Lots that need no walk as rows of numbers: what a recall of thousands of them adds up at once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from twin.queries.index.alone import Alone, Handed
from twin.queries.index.cells import NONE, NUMBER_OF, SIZES, Cells, Common, is_plain, loose, noise, whole
from twin.queries.index.line import BoxLine, Line, Taken

Numbers = npt.NDArray[np.int64]

_AT_ONCE: Final = 1_000
_SHARED: Final = tuple(map(Cells._fields.index, ("machines", "materials", "others")))

T = TypeVar("T", bound=Hashable)

UNKNOWN, SIMPLE, NESTED = range(3)
"""What is known of a container: nothing, that it left alone and once at most, or more than that."""


class Codes(Generic[T]):
    """Small numbers for values that many rows share; one that was held, and is no more, is used again."""

    def __init__(self) -> None:
        self._codes: dict[T, int] = {}
        self._held = array("i")
        self._free: list[int] = []
        self.values: list[T] = []

    def of(self, value: T) -> int:
        """The number of a value."""
        found = self._codes.get(value)
        if found is None:
            if self._free:
                found = self._free.pop()
                self.values[found] = value
            else:
                found = len(self.values)
                self.values.append(value)
                self._held.append(0)
            self._codes[value] = found
        return found

    def hold(self, code: int) -> None:
        """A row tells a value by its number."""
        self._held[code] += 1

    def let_go(self, code: int) -> None:
        """A row does so no more."""
        self._held[code] -= 1
        if not self._held[code]:
            del self._codes[self.values[code]]
            self._free.append(code)

    def known(self, value: T) -> int | None:
        """The number of a value that some row has."""
        return self._codes.get(value)


class Boxes(NamedTuple):
    """Containers by their number: what is known, when they left, and with which shipment."""

    known: array[int]
    at: array[int]
    shipment: array[int]


class Columns:
    """Rows of lots by one material lot, or by the parent that handed them units; free rows are used again."""

    def __init__(self) -> None:
        self._of: tuple[array[int], ...] = tuple(array(size) for size in SIZES)
        self._fresh: list[Cells] = []
        self._free: list[int] = []
        self._users: dict[str, array[int]] = {}
        self.lines: list[Line | None] = []
        self.alones: list[Alone | None] = []
        self.handed = array("i")
        self.foreign = array("b")
        self.boxes = Boxes(array("b"), array("q"), array("i"))
        self.orders, self.shipments, self.containers = Codes[str](), Codes[str](), Codes[str]()
        self.materials = Codes[tuple[str, ...]]()
        self.others = Codes[tuple[str, ...]]()
        self.machines = Codes[frozenset[str]]()
        self.others.hold(self.others.of(()))

    @property
    def size_bytes(self) -> int:
        """What the rows occupy, roughly."""
        shared = len(self.materials.values) + len(self.others.values) + len(self.machines.values)
        return 150 * len(self.lines) + 5 * len(self.handed) + 150 * shared

    def column(self, name: str) -> npt.NDArray[np.integer]:
        """All numbers of a column, as they are now: good until the next lot is entered."""
        self._write()
        cells = self._of[Cells._fields.index(name)]
        return np.frombuffer(cells, cells.typecode)

    def lines_of(self, rows: Numbers) -> list[Line]:
        """The lots of rows."""
        return list(filter(None, map(self.lines.__getitem__, rows.tolist())))

    def alones_of(self, rows: Numbers) -> list[Alone]:
        """What they come to."""
        return list(filter(None, map(self.alones.__getitem__, rows.tolist())))

    def users(self, material_lot: str) -> Numbers:
        """The rows of the lots that used a material lot."""
        return np.array(self._users.get(material_lot, ()), np.int64)

    def name_lot(self, number: int) -> None:
        """A lot has a new number, one higher than any before."""
        while len(self.handed) <= number:
            self.handed.append(NONE)
            self.foreign.append(0)

    def enter(
        self,
        number_of: Callable[[str], int],
        line: Line,
        alone: Mapping[str, Alone],
        handed: Handed | None,
    ) -> None:
        """A lot's line is new: what it comes to by one material lot, and by what its parent handed it."""
        if not (alone or handed):
            return
        common = self._common(number_of(line.lot_id), line)
        self.machines.hold(common.machines)  # there may be no row that does
        self.materials.hold(common.materials)
        for material_lot, each in alone.items():
            if is_plain(line, each, None):
                row = self._put(line, each, self._told(number_of, common, each, None))
                self._users.setdefault(material_lot, array("i")).append(row)
        if handed is not None and is_plain(line, handed.alone, handed):
            told = self._told(number_of, common, handed.alone, handed)
            self.handed[common.lot] = self._put(line, handed.alone, told)
        self.machines.let_go(common.machines)
        self.materials.let_go(common.materials)

    def leave(self, number: int, alone: Mapping[str, Alone]) -> None:
        """A lot's line is about to be replaced."""
        for material_lot in alone:
            rows = self._users.get(material_lot, array("i"))
            for place in np.nonzero(self.column("lot")[self.users(material_lot)] == number)[0].tolist():
                self._release(rows[place])
                rows[place] = rows[-1]
                rows.pop()
            if not rows:
                self._users.pop(material_lot, None)
        if self.handed[number] != NONE:
            self._release(self.handed[number])
            self.handed[number] = NONE

    def enter_box(self, container_id: str, line: BoxLine | None) -> None:
        """A container's line is new, or gone."""
        number = self._box(container_id)
        known, at, shipment = UNKNOWN, 0, NONE
        if line is not None:
            known = NESTED if line.nested or len(line.shipped) > 1 else SIMPLE
            for order, shipment_id in line.shipped[:1]:
                at, shipment = order[0], self.shipments.of(shipment_id)
        self.boxes.known[number], self.boxes.at[number], self.boxes.shipment[number] = known, at, shipment

    def _box(self, container_id: str) -> int:
        number = self.containers.of(container_id)
        if number == len(self.boxes.known):
            self.boxes.known.append(UNKNOWN)
            self.boxes.at.append(0)
            self.boxes.shipment.append(NONE)
        return number

    def _release(self, row: int) -> None:
        self._write()
        machines, materials, others = (self._of[place][row] for place in _SHARED)
        self.machines.let_go(machines)
        self.materials.let_go(materials)
        self.others.let_go(others)
        self.lines[row] = self.alones[row] = None
        self._free.append(row)

    def _put(self, line: Line, alone: Alone, told: Cells) -> int:
        self.machines.hold(told.machines)
        self.materials.hold(told.materials)
        self.others.hold(told.others)
        if self._free:
            self._write()
            row = self._free.pop()
            for cells, value in zip(self._of, told, strict=True):
                cells[row] = value
            self.lines[row], self.alones[row] = line, alone
            return row
        self._fresh.append(told)
        if len(self._fresh) == _AT_ONCE:
            self._write()
        self.lines.append(line)
        self.alones.append(alone)
        return len(self.lines) - 1

    def _common(self, number: int, line: Line) -> Common:
        own = line.derived[0].order_id if line.derived else None
        return Common(
            line,
            number,
            NUMBER_OF[line.disposition],
            NONE if own is None else self.orders.of(own),
            noise(line),
            self.machines.of(line.machines),
            self.materials.of(line.materials),
        )

    def _write(self) -> None:
        """Write the newest rows, many at once."""
        fresh, self._fresh = self._fresh, []
        for cells, values in zip(self._of, zip(*fresh, strict=True), strict=False):
            cells.extend(values)

    def _told(
        self, number_of: Callable[[str], int], common: Common, alone: Alone, handed: Handed | None
    ) -> Cells:
        line = common.line
        loose_low, loose_high = loose(line, alone)
        step, shares = alone.outs[0] if alone.outs else (None, None)
        taken, part_low, part_high = alone.parts[0] if alone.parts else (None, 0, 0)
        return Cells(
            lot=common.lot,
            first_at=alone.first[0],
            low=alone.row.low if alone.row else 0,
            high=alone.row.high if alone.row else 0,
            where=common.where,
            loose_low=loose_low,
            loose_high=loose_high,
            scrapped_low=alone.scrapped[0],
            scrapped_high=alone.scrapped[1],
            order=common.order,
            is_heir=handed is not None and common.order == NONE,
            makes_heirs=common.order != NONE and step is not None and line.derived[0].order < step.order,
            noise=common.noise,
            machines=common.machines,
            materials=common.materials,
            others=self.others.of(alone.others),
            out_lot=NONE if step is None else number_of(step.target),
            out_event=0 if step is None else hash(step.order[3]),
            out_whole=whole(shares),
            in_event=0 if handed is None else hash(handed.event_id),
            in_whole=NONE if handed is None else whole(handed.shares),
            part_box=NONE if taken is None else self._left_with(taken),
            part_at=0 if taken is None else taken.order[0],
            part_low=part_low,
            part_high=part_high,
            since=alone.row.since if alone.row else 0,
            quantity=alone.row.quantity if alone.row else 0,
        )

    def _left_with(self, taken: Taken) -> int:
        """The number of a container; below NONE that of a shipment that took units without one."""
        if taken.container is not None:
            return self._box(taken.container)
        return NONE - 1 - self.shipments.of(taken.shipment or "")
