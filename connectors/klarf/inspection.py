"""What a KLARF file tells of one wafer, whichever version wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from connectors.errors import UnreadableMessage
from connectors.file_clock import zone_of
from twin.vocabulary.instants import Instant, instant_of

_STAMPS = ("%m-%d-%y %H:%M:%S", "%m-%d-%Y %H:%M:%S")


class DefectRow(NamedTuple):
    """One defect: its class, its die and its place in the die in micrometres."""

    class_number: str
    x: int
    y: int
    x_um: float
    y_um: float


@dataclass
class InspectedWafer:
    """One wafer's header and defects; ``told`` once the file gave it a defect list, empty or not."""

    wafer_id: str
    lot_id: str = ""
    step_id: str = ""
    station: str = ""
    stamp: str = ""
    dies: set[tuple[str, str]] = field(default_factory=set)
    classes: dict[str, str] = field(default_factory=dict)
    defects: list[DefectRow] = field(default_factory=list)
    told: bool = False


def inspected_at(stamp: str, utc_offset: str) -> Instant | None:
    """The moment of ``MM-DD-YY hh:mm:ss`` with two or four digits of the year; ``None`` when it is none."""
    for form in _STAMPS:
        try:
            moment = datetime.strptime(stamp, form).replace(tzinfo=zone_of(utc_offset))
        except ValueError:
            continue
        return instant_of(moment) if moment > datetime(1970, 1, 2, tzinfo=UTC) else None
    return None


def defect_row(values: Mapping[str, str], *, per_um: float) -> DefectRow:
    """A defect from its named columns; ``per_um`` is how many of the file's units make a micrometre."""
    try:
        return DefectRow(
            class_number=values.get("CLASSNUMBER", "0"),
            x=int(float(values["XINDEX"])),
            y=int(float(values["YINDEX"])),
            x_um=float(values["XREL"]) / per_um,
            y_um=float(values["YREL"]) / per_um,
        )
    except KeyError as error:
        raise UnreadableMessage(f"the defects have no column {error.args[0]}", stage="map") from error
    except (ValueError, OverflowError) as error:
        raise UnreadableMessage(f"a defect's place is no number: {str(error)[:80]}", stage="map") from error


def pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    """A flat list two by two; an odd last one stays alone and is left out."""
    return list(zip(values[::2], values[1::2], strict=False))
