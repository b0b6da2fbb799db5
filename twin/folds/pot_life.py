"""When a material lot was used, held against when it could be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field

from twin.vocabulary.instants import Instant

LAST_USED: Final = frozenset({"last_used"})
"""What an earlier use has to tell when the last one is taken back."""


class Spell(Struct, array_like=True):
    """The time from one thawing to the next, with the first and the last use in it."""

    at: Instant
    usable_from: Instant
    usable_until: Instant
    first_used: Instant | None = None
    last_used: Instant | None = None

    def use(self, at: Instant) -> None:
        """Note a use in this spell."""
        self.first_used = at if self.first_used is None else min(self.first_used, at)
        self.last_used = at if self.last_used is None else max(self.last_used, at)


class Uses(Struct):
    """The uses of one material lot, in spells; what came before the first thawing belongs to its spell."""

    spells: list[Spell] = field(default_factory=list)
    first: Instant | None = None
    last: Instant | None = None

    def use(self, at: Instant) -> None:
        """Note a use, at any moment."""
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)
        spell = self._spell(at)
        if spell is not None:
            spell.use(at)

    def forget(self, at: Instant) -> frozenset[str] | None:
        """Take a use back: what an earlier one has to tell now; None when all have to be noted anew."""
        spell = self._spell(at)
        times = [(self.first, self.last), *([(spell.first_used, spell.last_used)] if spell else [])]
        if all(first != at != last for first, last in times):
            return frozenset()
        if self.first == at or self.last != at:
            return None
        self.last = None
        if spell is not None:
            spell.first_used = None if spell.first_used == at else spell.first_used
            spell.last_used = None
        return LAST_USED

    def thaw(self, spell: Spell) -> bool:
        """Begin a spell; False when it, or uses noted before, came out of their order."""
        newest = not self.spells or self.spells[-1].at < spell.at
        in_order = newest and (self.last is None or self.last <= spell.at)
        if not self.spells and self.first is not None and self.last is not None:
            spell.use(self.first)
            spell.use(self.last)
        self.spells.append(spell)
        return in_order

    def _spell(self, at: Instant) -> Spell | None:
        begun = [spell for spell in self.spells if spell.at < at]
        return begun[-1] if begun else next(iter(self.spells), None)


def used_too_early(spells: Sequence[Spell]) -> bool:
    """Whether the material lot was used before it was ready."""
    return any(spell.first_used is not None and spell.first_used < spell.usable_from for spell in spells)


def used_too_late(uses: Uses, expires_at: Instant | None) -> bool:
    """Whether the material lot was used after its expiry, or after its pot life was over."""
    if expires_at is not None and uses.last is not None and uses.last > expires_at:
        return True
    return any(spell.last_used is not None and spell.last_used > spell.usable_until for spell in uses.spells)
