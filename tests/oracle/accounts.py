"""Section 4 of semantics.md: the two accounts of a lot, and the parts that left the loose one."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Account:
    n: int = 0
    low: int = 0
    high: int = 0

    def take(self, q: int) -> tuple[int, int]:
        n, low, high = self.n, self.low, self.high
        rest = max(0, n - q)
        self.n, self.low, self.high = rest, max(0, low - q), min(high, rest)
        return max(0, low - rest), min(high, q)

    def give(self, q: int, bounds: tuple[int, int]) -> None:
        self.n += q
        self.low += bounds[0]
        self.high += bounds[1]


@dataclass
class Part:
    """Units in a container or a shipment."""

    lot: str
    holder: tuple[str, str]
    q: int
    low: int
    high: int
    unit: str | None = None


@dataclass
class Lot:
    total: Account = field(default_factory=Account)
    loose: Account = field(default_factory=Account)
    since: int | None = None
    known: bool = False
    reached: int | None = None
    """When an exposure reached the lot while nobody knew its quantity."""
    orders: set[str] = field(default_factory=set)
    scrapped: list[tuple[int, int]] = field(default_factory=list)
    stage: str = "IN_PROCESS"

    def expose(self, low_r: int, high_r: int, at: int) -> None:
        """What a rule does to the loose units; the whole lot's bounds follow."""
        self.loose.low = max(self.loose.low, low_r)
        self.loose.high = max(self.loose.high, high_r)
        self.total.low = max(self.total.low, low_r)
        self.total.high = min(self.total.n, self.total.high + high_r)
        if self.loose.n == self.total.n:
            self.total.low, self.total.high = self.loose.low, self.loose.high
        self.settle(at)

    def grow(self, low_r: int, k: int, at: int) -> None:
        """What k newly come suspect dies or components do."""
        for account in (self.loose, self.total):
            account.low = min(max(account.low, low_r), account.n)
            account.high = min(account.high + k, account.n)
        self.settle(at)

    def settle(self, at: int) -> None:
        if self.total.high == 0:
            self.since = None
        elif self.since is None:
            self.since = at
