"""Names, amounts and times as EPCIS 2.0 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote
from uuid import UUID, uuid5

Json: TypeAlias = dict[str, Any]

OURS: Final = "urn:x-dieloom:"
"""The factory's own names: GS1 keys are not known here, and none is made up."""

CONTEXT: Final = (
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"dieloom": f"{OURS}term:"},
)

_NAMESPACE: Final = UUID("6f6a2f0e-2c53-5d0b-9a0e-0f6d1e1c0d11")
_UOM: Final[Mapping[str, str | None]] = {
    "PCS": None,
    "KG": "KGM",
    "G": "GRM",
    "MG": "MGM",
    "M": "MTR",
    "MM": "MMT",
    "L": "LTR",
    "ML": "MLT",
}
"""UN/ECE Recommendation 20 codes; pieces have none."""


def name(kind: str, key: str) -> str:
    """The URI of a thing of the factory."""
    return f"{OURS}{kind}:{quote(key, safe='')}"


def die_name(substrate_id: str, x: int, y: int) -> str:
    """The URI of a die by its substrate and site."""
    return name("die", f"{substrate_id}@{x},{y}")


def lot(lot_id: str, quantity: float | None = None) -> Json:
    """Units of a lot: a class of things, and how many of them where that is told."""
    element: Json = {"epcClass": name("lot", lot_id)}
    return element if quantity is None else {**element, "quantity": quantity}


def material(material_lot_id: str, quantity: float | None = None, unit: str | None = None) -> Json:
    """An amount of a material lot; without it where the unit has no code that EPCIS knows."""
    element: Json = {"epcClass": name("material-lot", material_lot_id)}
    if quantity is None or unit is None or unit.upper() not in _UOM:
        return element
    code = _UOM[unit.upper()]
    return {**element, "quantity": quantity, **({} if code is None else {"uom": code})}


def uuid_of(text: str) -> str:
    """A URI that is always the same for the same text."""
    return f"urn:uuid:{uuid5(_NAMESPACE, text)}"
