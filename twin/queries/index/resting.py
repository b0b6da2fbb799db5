"""What nobody looks at lies packed: a plant has far more lots than anybody asks about."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, get_type_hints

import msgspec

_MOST_AWAKE: Final = 16_384
"""What was looked at lately and stays unpacked, some kilobytes each."""

_EMPTY_BYTES: Final = 33
"""What bytes occupy beyond their length."""


class Resting:
    """A dataclass whose fields are packed by ``rest``, and laid out again when one of them is looked at.

    The least lately laid out go back to rest when there are many. Nothing it tells may ever change.
    """

    __slots__ = ("_packed",)

    _packed: bytes
    rests: ClassVar[frozenset[str]] = frozenset()
    """The fields that are packed; all when none is named, but those that stay."""

    stays: ClassVar[frozenset[str]] = frozenset()
    """Fields that are always at hand."""

    def rest(self) -> None:
        """Keep the bytes only."""
        names, encoder, _ = _Packing.of(self.__class__)
        if not hasattr(self, "_packed"):
            told = encoder.encode([getattr(self, name) for name in names])
            object.__setattr__(self, "_packed", told)
        for name in names:
            with suppress(AttributeError):  # it was at rest, or another thread was quicker
                object.__delattr__(self, name)

    @property
    def packed_bytes(self) -> int:
        """What it takes at rest beside the object itself; nothing before it first rested."""
        packed = getattr(self, "_packed", None)
        return 0 if packed is None else _EMPTY_BYTES + len(packed)

    if not TYPE_CHECKING:  # else every misspelt field would look right

        def __getattr__(self, name: str) -> object:
            names, _, decoder = _Packing.of(self.__class__)
            if name not in names:
                raise AttributeError(name)
            told = decoder.decode(self._packed)
            for each in names:
                object.__setattr__(self, each, getattr(told, each))
            _AWAKE.append(self)
            with suppress(IndexError):  # another thread was quicker
                while len(_AWAKE) > _MOST_AWAKE:
                    _AWAKE.popleft().rest()
            return getattr(told, name)  # by now it may be at rest again


_AWAKE: Final[deque[Resting]] = deque()


class _Packing(NamedTuple):
    """The fields that rest, with what packs and unpacks them in their order."""

    names: tuple[str, ...]
    encoder: msgspec.msgpack.Encoder
    decoder: msgspec.msgpack.Decoder[Any]

    @classmethod
    def of(cls, kind: type[Resting]) -> _Packing:
        """How a dataclass is packed; worked out once."""
        found = _PACKINGS.get(kind)
        if found is None:
            hints = get_type_hints(kind)
            names = tuple(each.name for each in fields(kind))  # type: ignore[arg-type]
            names = tuple(name for name in names if name in (kind.rests or {*names} - kind.stays))
            told = [(name, hints[name]) for name in names]
            decoder = msgspec.msgpack.Decoder(
                msgspec.defstruct(kind.__name__, told, array_like=True, gc=False)
            )
            found = _PACKINGS[kind] = cls(names, msgspec.msgpack.Encoder(), decoder)
        return found


_PACKINGS: Final[dict[type, _Packing]] = {}
