from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

START = 1_767_600_000
FINISH = 1_767_603_600


class Part(NamedTuple):
    x: int = -32768
    y: int = -32768
    hard_bin: int = 1
    soft_bin: int = 1
    flag: int = 0
    part_id: str = ""
    head: int = 1
    site: int = 0
    values: Sequence[tuple[int, float]] = ()


class Writer:
    def __init__(self, order: str = "<") -> None:
        self.order = order

    def record(self, kind: int, sub: int, fields: bytes) -> bytes:
        return struct.pack(self.order + "HBB", len(fields), kind, sub) + fields

    def pack(self, form: str, *values: int | float) -> bytes:
        return struct.pack(self.order + form, *values)

    def far(self) -> bytes:
        return self.record(0, 10, bytes([1 if self.order == ">" else 2, 4]))

    def mir(self, *, lot_id: str = "LOT-7", start: int = START, temperature: str = "25.0 C") -> bytes:
        names = (
            lot_id,
            "PART",
            "NODE-1",
            "A530",
            "program",
            "16",
            "02",
            "ews",
            "IMAGE",
            "V1",
            "",
            temperature,
        )
        return self.record(1, 10, self.pack("IIB", start, start, 1) + b"P  \xff\xff " + strings(*names))

    def wir(self, wafer_id: str, head: int = 1) -> bytes:
        return self.record(2, 10, self.pack("BBI", head, 255, START + 60) + strings(wafer_id))

    def wrr(self, wafer_id: str, count: int, head: int = 1) -> bytes:
        counts = self.pack("BBIIIIII", head, 255, FINISH, count, 0, *[0xFFFFFFFF] * 3)
        return self.record(2, 20, counts + strings(wafer_id))

    def part(self, part: Part) -> bytes:
        site = bytes([part.head, part.site])
        tests = [
            self.record(15, 10, self.pack("I", n) + site + b"\0\0" + self.pack("f", v))
            for n, v in part.values
        ]
        result = (
            site
            + bytes([part.flag])
            + self.pack("HHHhhI", 3, part.hard_bin, part.soft_bin, part.x, part.y, 5)
        )
        return self.record(5, 10, site) + b"".join(tests) + self.record(5, 20, result + strings(part.part_id))

    def hbr(self, number: int, count: int, verdict: str = " ", head: int = 255) -> bytes:
        return self.record(1, 40, self.pack("BBHI", head, 0, number, count) + verdict.encode() + strings(""))

    def mrr(self) -> bytes:
        return self.record(1, 20, self.pack("I", FINISH))

    def wafer(self, wafer_id: str, parts: Iterable[Part]) -> bytes:
        touched = list(parts)
        body = b"".join(self.part(part) for part in touched)
        return self.wir(wafer_id) + body + self.wrr(wafer_id, len(touched))

    def file(self, *bodies: bytes) -> bytes:
        return self.far() + self.mir() + b"".join(bodies) + self.mrr()


def strings(*texts: str) -> bytes:
    return b"".join(bytes([len(raw)]) + raw for raw in (text.encode("utf-8") for text in texts))
