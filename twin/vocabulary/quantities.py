"""How much: counts of units, amounts of material, and their units of measure."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

Count: TypeAlias = Annotated[int, Meta(ge=0, le=2_147_483_647, description="a whole number of units")]
Amount: TypeAlias = Annotated[float, Meta(ge=0, le=1e15, description="a finite number, not negative")]
Reading: TypeAlias = Annotated[float, Meta(ge=-1e300, le=1e300, description="a finite number")]
Grid: TypeAlias = Annotated[int, Meta(ge=1, le=65_535, description="columns or rows of a map")]
Coordinate: TypeAlias = Annotated[int, Meta(ge=-2_147_483_648, le=2_147_483_647)]
BinCode: TypeAlias = Annotated[int, Meta(ge=0, le=65_535)]
UnitOfMeasure: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=16, description="UCUM-like: PCS, KG, G, M, ML")
]
Text: TypeAlias = Annotated[str, Meta(max_length=4_096)]

EXACT: Final = Context(prec=400)
"""More digits than the sum of any amounts has, so that an amount taken back leaves no trace."""

_BASES: Final = {
    **dict.fromkeys(("PCS", "PC", "EA"), ("PCS", Decimal(1))),
    "KG": ("G", Decimal(1000)),
    "G": ("G", Decimal(1)),
    "MG": ("G", Decimal("0.001")),
    "UG": ("G", Decimal("0.000001")),
    "KM": ("M", Decimal(1000)),
    "M": ("M", Decimal(1)),
    "CM": ("M", Decimal("0.01")),
    "MM": ("M", Decimal("0.001")),
    "UM": ("M", Decimal("0.000001")),
    "L": ("L", Decimal(1)),
    "ML": ("L", Decimal("0.001")),
    "UL": ("L", Decimal("0.000001")),
}


def exact(amount: float) -> Decimal:
    """An amount as it was written."""
    return Decimal(str(amount))


def base_of(unit: str) -> tuple[str, Decimal]:
    """What a unit of measure is a multiple of, and of how many; one nobody knows is its own."""
    return _BASES.get(unit.upper(), (unit, Decimal(1)))


def in_unit(amount: Decimal, unit: str, wanted: str) -> Decimal | None:
    """An amount told in another unit; None where they do not measure the same."""
    (base, factor), (other, divisor) = base_of(unit), base_of(wanted)
    return EXACT.divide(EXACT.multiply(amount, factor), divisor) if base == other else None
