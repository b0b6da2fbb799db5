"""A plant of a stated size, three months of it: modules traced by unit, LEDs packed by number."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from twin.events.codec import decode
from twin.events.event import Event
from twin.vocabulary.instants import Instant

_START: Final = 1_772_438_400_000
_DAYS: Final = 90
_MACHINES: Final = 500
_MINUTE: Final = 60_000
_DIES_A_WAFER: Final = 2_500
_UNITS_A_MODULE: Final = 100
_WIRE: Final = 150
_MOLD: Final = 1_500
_PASTE: Final = 8
FLUX: Final = "FLUX-ALL"
"""The material lot that every module took."""


@dataclass(frozen=True)
class Plant:
    """A plant of so many lots: of four, two are modules, one is an LED lot, one was split from it."""

    lots: int

    @property
    def base(self) -> int:
        """Lots that were created; the others were split off."""
        return self.lots * 3 // 4

    @property
    def modules(self) -> int:
        """Lots whose units have names."""
        return sum(lot % 3 != 2 for lot in range(self.base))

    @property
    def units(self) -> int:
        """Units with names."""
        return self.modules * _UNITS_A_MODULE

    @property
    def wafers(self) -> int:
        """Wafers whose maps are stored: ten dies for each named unit."""
        return self.units * 10 // _DIES_A_WAFER

    @property
    def suspects(self) -> dict[int, str]:
        """How many lots a suspect reaches, and which material lot it is."""
        return {200: "WIRE-00000", 2_000: "MOLD-00000"}

    def alike(self, size: int) -> list[str]:
        """All suspects that reach as many lots as one of those."""
        kind, used = {200: ("WIRE", _WIRE), 2_000: ("MOLD", _MOLD)}[size]
        return [f"{kind}-{number:05d}" for number in range(self.base // used)]

    def events(self) -> Iterator[Event]:
        """Everything that was ever told, oldest first within each part."""
        for number, told in enumerate(self._told()):
            kind, at, data = told
            line = {
                "event_id": f"pl-{number:08d}",
                "source": "mes",
                "type": kind,
                "occurred_at": _text(at),
                "data": data,
            }
            yield _recorded(decode(json.dumps(line).encode()), at)

    def _told(self) -> Iterator[tuple[str, int, dict[str, Any]]]:
        for machine in range(_MACHINES):
            row = {"equipment_id": f"EQ-{machine:03d}", "equipment_type": "BONDER"}
            yield "EquipmentRegistered", _START, row
        for order in range(-(-self.base // 20)):
            yield "OrderReceived", _START, _order(order)
        yield from self._materials()
        for wafer in range(self.wafers):
            yield "SubstrateMapped", _START, _wafer(wafer)
        step = _DAYS * 24 * 60 * _MINUTE // self.base
        for lot in range(self.base):
            yield from self._lot(lot, _START + 60 * _MINUTE + lot * step)

    def _materials(self) -> Iterator[tuple[str, int, dict[str, Any]]]:
        for name, size in (("PASTE", _PASTE), ("WIRE", _WIRE), ("MOLD", _MOLD)):
            for number in range(-(-self.base // size)):
                yield "MaterialLotReceived", _START, _material(f"{name}-{number:05d}", name)
        yield "MaterialLotReceived", _START, _material(FLUX, "FLUX")

    def _lot(self, lot: int, at: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
        name, is_led = f"L{lot:06d}", lot % 3 == 2
        quantity = 1_000 if is_led else _UNITS_A_MODULE
        created = {"lot_id": name, "product_id": "LED" if is_led else "MODULE", "quantity": quantity}
        yield "LotCreated", at, {**created, "order_id": f"O{lot // 20:05d}"}
        if not is_led:
            yield from _strip(lot, name, self.wafers, at)
        for number, (operation, material, size) in enumerate(
            (("ATTACH", "PASTE", _PASTE), ("BOND", "WIRE", _WIRE), ("MOLD", "MOLD", _MOLD))
        ):
            begun = at + (number + 1) * 60 * _MINUTE
            machine = f"EQ-{(lot * 7 + number * 131) % _MACHINES:03d}"
            run = {"lot_id": name, "operation": operation, "equipment_id": machine}
            yield "LotTrackedIn", begun, {**run, "operator_id": f"op-{lot % 40:02d}"}
            used = [f"{material}-{lot // size:05d}"] + ([FLUX] if number == 0 and not is_led else [])
            for each in used:
                yield "MaterialConsumed", begun + _MINUTE, {**run, **_use(each)}
            yield "LotTrackedOut", begun + 30 * _MINUTE, {**run, "good": quantity}
        if is_led:
            yield from _reel(lot, name, at + 300 * _MINUTE)
        yield "LotCompleted", at + 420 * _MINUTE, {"lot_id": name, "quality": "PASS"}


def _strip(lot: int, name: str, wafers: int, at: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    strip, wafer = f"ST-{lot:06d}", f"W-{lot % max(1, wafers):05d}"
    sites = [(place % 10, place // 10) for place in range(_UNITS_A_MODULE)]
    yield "SubstrateRegistered", at + _MINUTE, {"substrate_id": strip, "kind": "STRIP", "lot_id": name}
    units = [
        {"unit_id": f"{name}-{place:03d}", "x": x, "y": y} for place, (x, y) in enumerate(sites, start=1)
    ]
    named = {"lot_id": name, "units": units, "substrate_id": strip}
    yield "UnitsIdentified", at + 2 * _MINUTE, named
    row = lot // max(1, wafers)
    moved = {
        "to_substrate_id": strip,
        "to_kind": "STRIP",
        "operation": "ATTACH",
        "equipment_id": f"EQ-{lot % _MACHINES:03d}",
        "transfers": [
            [wafer, (row * 100 + place) % 50, (row * 100 + place) // 50, x, y]
            for place, (x, y) in enumerate(sites)
        ],
        "lot_id": name,
    }
    yield "DiesTransferred", at + 70 * _MINUTE, moved


def _reel(lot: int, name: str, at: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    child, reel = f"{name}.A", f"R-{lot:06d}"
    children = [{"lot_id": child, "quantity": 400}]
    yield "LotSplit", at, {"parent_lot_id": name, "children": children}
    contents = [{"lot_id": name, "quantity": 600}, {"lot_id": child, "quantity": 300}]
    packed = {"container_id": reel, "kind": "REEL", "contents": contents}
    yield "Packed", at + 30 * _MINUTE, packed
    shipped = {
        "shipment_id": f"S-{lot // 30:05d}",
        "customer_id": f"C{lot % 7}",
        "order_id": f"O{lot // 20:05d}",
    }
    yield "Shipped", at + 60 * _MINUTE, {**shipped, "contents": [{"container_id": reel}]}


def _order(number: int) -> dict[str, Any]:
    due = _text(_START + 100 * 24 * 60 * _MINUTE)
    return {
        "order_id": f"O{number:05d}",
        "customer_id": f"C{number % 7}",
        "product_id": "MODULE",
        "quantity": 20_000,
        "due_at": due,
    }


def _material(name: str, material: str) -> dict[str, Any]:
    return {"material_lot_id": name, "material_id": material, "quantity": 100, "unit": "KG"}


def _use(material_lot: str) -> dict[str, Any]:
    material = material_lot.split("-", maxsplit=1)[0]
    row = {"material_lot_id": material_lot, "material_id": material, "quantity": 1.5, "unit": "G"}
    return {**row, "method": "EQUIPMENT"}


def _wafer(number: int) -> dict[str, Any]:
    bins = base64.b64encode(b"\x01\x00" * _DIES_A_WAFER).decode()
    return {
        "substrate_id": f"W-{number:05d}",
        "kind": "WAFER",
        "columns": 50,
        "rows": 50,
        "origin": "LOWER_LEFT",
        "axis": "UP_RIGHT",
        "orientation_deg": 0,
        "null_bin": 0,
        "bins": bins,
        "bin_definitions": [{"bin": 1, "quality": "PASS"}],
    }


def _text(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def _recorded(event: Event, at: int) -> Event:
    return msgspec.structs.replace(event, recorded_at=Instant(at + 1_000))
