"""How much: counts of units, amounts of material, and their units of measure."""

from __future__ import annotations

from typing import Annotated, TypeAlias

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
