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


Pair = tuple[int, int]


@dataclass
class Lot:
    """The plain accounts know nothing of strips, dies and components."""

    total: Account = field(default_factory=Account)
    loose: Account = field(default_factory=Account)
    plain_total: Account = field(default_factory=Account)
    plain_loose: Account = field(default_factory=Account)
    since: int | None = None
    known: bool = False
    reached: int | None = None
    """When an exposure reached the lot while nobody knew its quantity."""
    touched: bool = False
    orders: set[str] = field(default_factory=set)
    scrapped: list[Pair] = field(default_factory=list)
    stage: str = "IN_PROCESS"

    def accounts(self) -> tuple[Account, Account, Account, Account]:
        return self.total, self.loose, self.plain_total, self.plain_loose

    def add(self, q: int) -> None:
        for account in self.accounts():
            account.n += q

    def take(self, q: int, at: int) -> list[Pair]:
        taken = [account.take(q) for account in self.accounts()]
        self.settle(at)
        return taken

    def give(self, q: int, taken: list[Pair], at: int) -> None:
        for account, pair in zip(self.accounts(), taken, strict=True):
            account.give(q, pair)
        self.settle(at)

    def part(self, q: int) -> Pair:
        self.plain_loose.take(q)
        return self.loose.take(q)

    def expose(self, low_r: int, at: int, *, is_plain: bool = True) -> None:
        """What a rule (low_r, n) does to the loose n; the whole lot's bounds follow."""
        pairs = [(self.total, self.loose), (self.plain_total, self.plain_loose)]
        for total, loose in pairs if is_plain else pairs[:1]:
            loose.low, loose.high = max(loose.low, low_r), loose.n
            total.low = max(total.low, low_r)
            total.high = min(total.n, total.high + loose.n)
            if loose.n == total.n:
                total.low, total.high = loose.low, loose.high
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
            self.touched = True
