"""Takes thousands of transfers out of JSON in one go, when they are written as machines write them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.events.transfers import PackedTransfers, places
from twin.vocabulary.identifiers import SubstrateId

LONG: Final = 4_096
"""Bytes of JSON from which this costs less than reading row by row."""

_FIELD: Final = b'"transfers"'
_BEGIN: Final = re.compile(rb'[{,]\s*"transfers"\s*:\s*(?=\[\[")')
_AROUND: Final = 64
_END: Final = b"]]"
_HEAD: Final = b'[["'
_NUMBERS: Final = 4
_COMMA: Final = ord(",")
_FARTHEST: Final = 0x7FFF_FFFF
_MARKS: Final = b"\x01\x02\x03\x04\x05\x06\x07\x08"
"""What stands between rows without their names, one mark for each wafer: JSON holds none of these."""

_BETWEEN: Final = bytes.maketrans(_MARKS, b"," * len(_MARKS))
_DIGITS: Final = b"0123456789-"


class TakenOut(NamedTuple):
    """JSON with an empty list where its transfers were, and these."""

    rest: bytes
    transfers: PackedTransfers


def taken_out(text: bytes) -> TakenOut | None:
    """The transfers of a fact or event apart from the rest; None: read it as usual, it may be wrong.

    Whether the rest is JSON, and a fact that has transfers, is for the reader of the rest to find out. It is
    read as the whole would be: what stands before an empty list there stood before the rows.
    """
    if len(text) < LONG or (field := text.find(_FIELD)) < 0:
        return None
    begin = _BEGIN.search(text, max(field - _AROUND, 0), field + _AROUND)
    if begin is None:
        return None
    first = begin.end()
    last = text.rfind(_END, first) + len(_END)
    transfers = _read(text[first:last])
    return None if transfers is None else TakenOut(b"%b[]%b" % (text[:first], text[last:]), transfers)


def _read(rows: bytes) -> PackedTransfers | None:
    """The rows, if these are only names and numbers in canonical form, blanks behind commas aside."""
    if b"\\" in rows or not rows.endswith(_END):
        return None
    found = _without_names(rows)
    if found is None or not _are_names(found.names):
        return None
    between = found.rows.translate(None, _DIGITS) + _MARKS[:1]
    marks = between[_NUMBERS - 1 :: _NUMBERS]
    commas = b"," * len(marks)
    if marks.translate(None, _MARKS[: len(found.names)]):
        return None
    if any(between[place::_NUMBERS] != commas for place in range(_NUMBERS - 1)):
        return None
    numbers = _numbers(found.rows.translate(_BETWEEN))
    if numbers is None:
        return None
    from_x, from_y, to_x, to_y = numbers.reshape(-1, _NUMBERS).T
    codes = np.frombuffer(_MARKS[:1] + marks[:-1], np.uint8) - _MARKS[0]
    names = tuple(name.decode() for name in found.names)
    return PackedTransfers(names, codes, places(from_x, from_y), places(to_x, to_y), found.canonical)


class _Nameless(NamedTuple):
    names: list[bytes]
    rows: bytes
    canonical: bytes


def _without_names(rows: bytes) -> _Nameless | None:
    """The wafers, and the numbers of all rows with a mark before each row that says whose they are."""
    end = rows.find(b'",', len(_HEAD))
    blank = b" " if rows[end + 2 : end + 3] == b" " else b""
    names = [rows[len(_HEAD) : end]]
    left = rows[end + 2 + len(blank) : -len(_END)]
    for number in range(len(_MARKS)):
        mark, before = _MARKS[number : number + 1], b'],%b["%b",%b' % (blank, names[-1], blank)
        shorter = left.replace(before, mark)
        if shorter.count(mark) * (len(before) - 1) != len(left) - len(shorter):
            return None
        left = shorter
        following = left.find(b"[")
        if following < 0:
            left = left.replace(b", ", b",") if blank else left
            return _Nameless(names, left, _named(names, left) if blank else rows)
        names.append(left[following + 2 : left.find(b'",', following)])
    return None


def _named(names: list[bytes], rows: bytes) -> bytes:
    for number, name in enumerate(names):
        rows = rows.replace(_MARKS[number : number + 1], b'],["%b",' % name)
    return b'[["%b",%b]]' % (names[0], rows)


def _are_names(names: list[bytes]) -> bool:
    try:
        msgspec.convert([name.decode() for name in names], list[SubstrateId])
    except (msgspec.ValidationError, UnicodeDecodeError):
        return False
    return not any(b'"' in name for name in names)


def _numbers(text: bytes) -> NDArray[np.int64] | None:
    """Whole numbers between commas, if each is written in the shortest form and may be a coordinate."""
    if not _are_numbers(text):
        return None
    numbers = np.fromstring(text, np.int64, sep=",")
    if numbers.max() > _FARTHEST or numbers.min() < -_FARTHEST - 1:
        return None
    length = 2 * len(numbers) - 1 + np.count_nonzero(numbers < 0)
    sizes, power = abs(numbers), 10
    while more := np.count_nonzero(sizes >= power):
        length, power = length + more, power * 10
    return numbers if length == len(text) else None


def _are_numbers(text: bytes) -> bool:
    """Whether there is a digit before each comma and at the end, and signs only before one."""
    signs = text.count(b"-")
    if signs and (text.count(b",-") + text.startswith(b"-") != signs or b"-," in text):
        return False
    is_comma = np.frombuffer(b",%b," % text, np.uint8) == _COMMA
    return not (is_comma[1:] & is_comma[:-1]).any() and not text.endswith(b"-")
