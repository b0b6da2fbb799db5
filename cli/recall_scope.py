"""The suspect that the options of ``dieloom recall`` name, as a GraphQL RecallScope."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from twin.errors import Refused

_OPTION: Final = {
    "material_lot": "--material-lot",
    "lot": "--lot",
    "equipment": "--equipment",
    "operator": "--operator",
    "tool": "--tool",
    "recipe": "--recipe",
    "wafer": "--wafer",
}
_WITH_START: Final = ("material_lot", "lot")
_WITH_WINDOW: Final = ("equipment", "operator", "tool", "recipe")


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """What was typed; exactly one thing, and what narrows it."""

    material_lot: str | None = None
    lot: str | None = None
    equipment: str | None = None
    operator: str | None = None
    tool: str | None = None
    recipe: str | None = None
    wafer: str | None = None
    start: str | None = None
    end: str | None = None
    position: str | None = None
    region: str | None = None
    bins: str | None = None

    def scope(self) -> dict[str, Any]:
        """The same as RecallScope.

        Raises:
            Refused: none or several things are named, or one that cannot be narrowed so.
        """
        named = [name for name in _OPTION if asdict(self)[name] is not None]
        if len(named) != 1:
            raise Refused(f"name one suspect: {', '.join(_OPTION.values())}", code="scope.not_one")
        name = named[0]
        self._check(name)
        key: str = asdict(self)[name]
        if name in _WITH_START:
            field = {"material_lot": "materialLot", "lot": "lot"}[name]
            return {field: _given({f"{field}Id": key, "from": self.start})}
        if name == "wafer":
            return {"wafer": self._wafer(key)}
        window = _given({"from": self.start, "to": self.end})
        if name == "recipe":
            recipe, at, version = key.rpartition("@")
            if not at:
                raise Refused("--recipe is RECIPE@VERSION", code="scope.bad_recipe", field="recipe")
            return {"recipeVersion": {"recipeId": recipe, "version": version, "window": window}}
        return {name: _given({f"{name}Id": key, "window": window, "position": self.position})}

    def _check(self, name: str) -> None:
        """Refuse what would silently narrow nothing."""
        windowed = name in _WITH_WINDOW
        for option, value, fits in (
            ("--from", self.start, windowed or name in _WITH_START),
            ("--to", self.end, windowed),
            ("--position", self.position, name == "equipment"),
            ("--region", self.region, name == "wafer"),
            ("--bins", self.bins, name == "wafer"),
        ):
            if value is not None and not fits:
                raise Refused(f"{option} does not go with {_OPTION[name]}", code="scope.bad_option")

    def _wafer(self, key: str) -> dict[str, Any]:
        scope: dict[str, Any] = {"substrateId": key}
        if self.region is not None:
            x_min, y_min, x_max, y_max = _numbers(self.region, "--region", 4)
            scope |= {"xMin": x_min, "xMax": x_max, "yMin": y_min, "yMax": y_max}
        if self.bins is not None:
            scope["bins"] = _numbers(self.bins, "--bins", None)
        return scope


def _numbers(text: str, option: str, count: int | None) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or (count is not None and len(numbers) != count):
        wanted = "X_MIN,Y_MIN,X_MAX,Y_MAX" if count else "bin codes, such as 2,3"
        raise Refused(f"{option} is {wanted}, not {text[:40]!r}", code="scope.bad_option")
    return numbers


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
