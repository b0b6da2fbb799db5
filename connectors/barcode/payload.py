"""What is printed in a code: a lot, a movement or a material, in the forms of the plant or in GS1."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Final, NamedTuple, TypeAlias

import biip
from biip.gs1_messages import GS1Message

from connectors.barcode.config import Means
from connectors.errors import UnreadableMessage

_KILOGRAMS: Final = "310"
_COUNTS: Final = ("30", "37")


class LotCode(NamedTuple):
    """A lot arrives at the station."""

    lot_id: str


class LotOutCode(NamedTuple):
    """A lot leaves the station, with what came out."""

    lot_id: str
    good: int
    scrap: int


class WipCode(NamedTuple):
    """A lot is somewhere."""

    lot_id: str
    location_id: str | None
    quantity: int | None


class MaterialCode(NamedTuple):
    """A material lot is at the station; with a quantity, that much of it is used."""

    material_lot_id: str
    material_id: str | None = None
    quantity: float | None = None
    unit: str | None = None


Payload: TypeAlias = LotCode | LotOutCode | WipCode | MaterialCode


def payload_of(raw: bytes, prefixes: dict[str, Means]) -> Payload:
    """What a code says.

    Raises:
        UnreadableMessage: it is not text, or in no form known here.
    """
    try:
        text = raw.decode("utf-8").strip(" ")
    except UnicodeDecodeError:
        raise UnreadableMessage("not UTF-8 text") from None
    return _symbol(text, prefixes) if text.startswith("]") else _printed(text, prefixes)


def _printed(text: str, prefixes: dict[str, Means]) -> Payload:
    return _plant(text.split("|")) if "|" in text else _plain(text, prefixes)


def _plant(parts: list[str]) -> Payload:
    kind, *rest = (part.strip() for part in parts)
    match kind, rest:
        case "LOT", [lot]:
            return LotCode(lot)
        case "LOT", [lot, "OUT", good]:
            return LotOutCode(lot, _count(good), 0)
        case "LOT", [lot, "OUT", good, scrap]:
            return LotOutCode(lot, _count(good), _count(scrap))
        case "WIP", [lot, *where] if len(where) <= 2:
            location, quantity = (*where, "", "")[:2]
            return WipCode(lot, location or None, _count(quantity) if quantity else None)
        case "MAT", [material, lot]:
            return MaterialCode(lot, material)
        case "MAT", [material, lot, quantity]:
            return MaterialCode(lot, material, _amount(quantity))
        case _:
            raise UnreadableMessage(f"{kind!r} with {len(rest)} parts is no form of this plant")


def _symbol(text: str, prefixes: dict[str, Means]) -> Payload:
    try:
        result = biip.parse(text)
    except (biip.ParseError, IndexError):  # of a lone "]" biip reads a letter that is not there
        raise UnreadableMessage("an AIM identifier nobody knows") from None
    symbol = result.symbology_identifier
    if symbol is None or symbol.gs1_symbology is None:
        return _printed(text[3:], prefixes)
    if result.gs1_message is None:
        raise UnreadableMessage(f"no GS1 message: {result.gs1_message_error}")
    return _gs1(result.gs1_message)


def _gs1(message: GS1Message) -> Payload:
    values = {element.ai.ai: element for element in message.element_strings}
    batch = values.get("10")
    if batch is None:
        raise UnreadableMessage("a GS1 message without a batch (10)")
    item = values.get("240") or values.get("01")
    material = item.value if item else None
    for counted in _COUNTS:
        if counted in values:
            return MaterialCode(batch.value, material, _amount(values[counted].value), "PCS")
    weight = next((element for ai, element in values.items() if ai.startswith(_KILOGRAMS)), None)
    if weight is not None and weight.decimal is not None:
        return MaterialCode(batch.value, material, float(weight.decimal), "KG")
    return MaterialCode(batch.value, material)


def _plain(text: str, prefixes: dict[str, Means]) -> Payload:
    matching = [prefix for prefix in prefixes if text.startswith(prefix)]
    if not matching:
        raise UnreadableMessage("a code in no form known here")
    means = prefixes[max(matching, key=len)]
    return LotCode(text) if means is Means.LOT else MaterialCode(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise UnreadableMessage(f"{text!r} is no count")
    return int(text)


def _amount(text: str) -> float:
    try:
        amount = float(Decimal(text))
    except (InvalidOperation, OverflowError):
        raise UnreadableMessage(f"{text!r} is no quantity") from None
    if not isfinite(amount):
        raise UnreadableMessage(f"{text!r} is no quantity")
    return amount
