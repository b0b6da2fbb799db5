"""How a map lies: origin, axes, rotation and kind of substrate, by name or by number."""

from __future__ import annotations

from typing import Final

from connectors.errors import UnreadableMessage
from twin.vocabulary.states import BinQuality, MapAxis, MapOrigin, SubstrateKind

_ORIGINS: Final[dict[str, MapOrigin]] = {
    "center": MapOrigin.CENTER,
    "centre": MapOrigin.CENTER,
    "upperright": MapOrigin.UPPER_RIGHT,
    "upperleft": MapOrigin.UPPER_LEFT,
    "lowerleft": MapOrigin.LOWER_LEFT,
    "lowerright": MapOrigin.LOWER_RIGHT,
    # SEMI E5 ORLOC and G85
    "0": MapOrigin.CENTER,
    "1": MapOrigin.UPPER_RIGHT,
    "2": MapOrigin.UPPER_LEFT,
    "3": MapOrigin.LOWER_LEFT,
    "4": MapOrigin.LOWER_RIGHT,
}
_AXES: Final[dict[str, MapAxis]] = {
    "upright": MapAxis.UP_RIGHT,
    "upleft": MapAxis.UP_LEFT,
    "downright": MapAxis.DOWN_RIGHT,
    "downleft": MapAxis.DOWN_LEFT,
    # An inference: quadrants counted from the upper right, so that the one file seen with numbers
    # (origin 2, upper left) has axes that point into its substrate.
    "1": MapAxis.UP_RIGHT,
    "2": MapAxis.UP_LEFT,
    "3": MapAxis.DOWN_LEFT,
    "4": MapAxis.DOWN_RIGHT,
}
_INWARDS: Final[dict[MapOrigin, MapAxis]] = {
    MapOrigin.LOWER_LEFT: MapAxis.UP_RIGHT,
    MapOrigin.LOWER_RIGHT: MapAxis.UP_LEFT,
    MapOrigin.UPPER_LEFT: MapAxis.DOWN_RIGHT,
    MapOrigin.UPPER_RIGHT: MapAxis.DOWN_LEFT,
    MapOrigin.CENTER: MapAxis.UP_RIGHT,
}
_TURNS: Final[dict[str, float]] = {
    "down": 0,
    "downward": 0,
    "left": 90,
    "leftward": 90,
    "up": 180,
    "upward": 180,
    "right": 270,
    "rightward": 270,
}
_KINDS: Final[dict[str, SubstrateKind]] = {
    "wafer": SubstrateKind.WAFER,
    "frame": SubstrateKind.FRAME,
    "strip": SubstrateKind.STRIP,
    "leadframe": SubstrateKind.STRIP,
    "tray": SubstrateKind.TRAY,
    "dbc": SubstrateKind.DBC,
    "panel": SubstrateKind.PANEL,
    "pcb": SubstrateKind.PANEL,
}


def origin_of(text: str | None) -> MapOrigin:
    """The corner of site (0, 0); lower left when none is stated."""
    if text is None:
        return MapOrigin.LOWER_LEFT
    if (found := _ORIGINS.get(_plain(text))) is None:
        raise UnreadableMessage(f"OriginLocation {text!r}; allowed: LowerLeft ... Center, 0 to 4")
    return found


def axis_of(text: str | None) -> MapAxis:
    """Which way x and y grow; up and right when not stated."""
    if text is None:
        return MapAxis.UP_RIGHT
    if (found := _AXES.get(_plain(text))) is None:
        raise UnreadableMessage(f"AxisDirection {text!r}; allowed: UpRight ... DownLeft, 1 to 4")
    return found


def axis_into(origin: MapOrigin) -> MapAxis:
    """The axes of a format that states only its origin: they point into the substrate."""
    return _INWARDS[origin]


def turn_of(text: str | None) -> float:
    """The rotation in degrees, or where the notch lies, clockwise from the bottom; 0 when not stated."""
    if text is None:
        return 0
    if (named := _TURNS.get(_plain(text))) is not None:
        return named
    try:
        degrees = float(text)
    except ValueError as error:
        raise UnreadableMessage(f"Orientation {text!r}; allowed: degrees, or Downward ...") from error
    if not 0 <= degrees <= 360:
        raise UnreadableMessage(f"Orientation {text!r}; allowed: 0 to 360")
    return degrees % 360


def kind_of(text: str | None) -> SubstrateKind:
    """What the dies stand on; a wafer when not stated."""
    if text is None:
        return SubstrateKind.WAFER
    if (found := _KINDS.get(_plain(text))) is None:
        raise UnreadableMessage(f"SubstrateType {text!r}; allowed: Wafer, Frame, Strip, Tray, Panel, DBC")
    return found


def quality_of(text: str | None) -> BinQuality:
    """What a bin says of its die; a word that the standard does not know says nothing."""
    word = (text or "").strip().upper()
    return BinQuality(word) if word in BinQuality.__members__ else BinQuality.UNKNOWN


def _plain(text: str) -> str:
    return text.replace("_", "").replace(" ", "").replace("-", "").lower()
