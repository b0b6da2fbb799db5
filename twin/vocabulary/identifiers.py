"""Names of things, each a trimmed string of 1 to 128 characters without control characters."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

LONGEST: Final = 128
"""No name of a thing has more characters."""

Identifier: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        pattern=r"^[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$(?!\n)",
        description="1 to 128 characters, trimmed, case-sensitive, no control characters",
    ),
]
SourceId: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$(?!\n)")
]

EventId: TypeAlias = Identifier
LotId: TypeAlias = Identifier
MaterialId: TypeAlias = Identifier
MaterialLotId: TypeAlias = Identifier
ProductId: TypeAlias = Identifier
OrderId: TypeAlias = Identifier
CustomerId: TypeAlias = Identifier
EquipmentId: TypeAlias = Identifier
LineId: TypeAlias = Identifier
OperatorId: TypeAlias = Identifier
OperationCode: TypeAlias = Identifier
RecipeId: TypeAlias = Identifier
RecipeVersionCode: TypeAlias = Identifier
SubstrateId: TypeAlias = Identifier
UnitId: TypeAlias = Identifier
ContainerId: TypeAlias = Identifier
ShipmentId: TypeAlias = Identifier
ToolId: TypeAlias = Identifier
LocationId: TypeAlias = Identifier
SupplierId: TypeAlias = Identifier
Position: TypeAlias = Identifier
