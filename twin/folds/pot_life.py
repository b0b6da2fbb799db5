"""When a material lot was used, held against when it could be used."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from twin.vocabulary.instants import Instant


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
        if self.spells:
            begun = [spell for spell in self.spells if spell.at < at]
            (begun[-1] if begun else self.spells[0]).use(at)

    def thaw(self, spell: Spell) -> bool:
        """Begin a spell; False when it, or uses noted before, came out of their order."""
        newest = not self.spells or self.spells[-1].at < spell.at
        in_order = newest and (self.last is None or self.last <= spell.at)
        if not self.spells and self.first is not None and self.last is not None:
            spell.use(self.first)
            spell.use(self.last)
        self.spells.append(spell)
        return in_order


def used_too_early(spells: Sequence[Spell]) -> bool:
    """Whether the material lot was used before it was ready."""
    return any(spell.first_used is not None and spell.first_used < spell.usable_from for spell in spells)


def used_too_late(uses: Uses, expires_at: Instant | None) -> bool:
    """Whether the material lot was used after its expiry, or after its pot life was over."""
    if expires_at is not None and uses.last is not None and uses.last > expires_at:
        return True
    return any(spell.last_used is not None and spell.last_used > spell.usable_until for spell in uses.spells)
