"""What a fold finds odd in its events."""

from __future__ import annotations

from typing import NamedTuple


class Suspicion(NamedTuple):
    """Something a person should look at; ``about`` tells it from others of the same code."""

    code: str
    about: str
    message: str
    things: tuple[str, ...]
    severity: str = "WARNING"
    hint: str | None = None

    @property
    def finding_id(self) -> str:
        """The same for the same oddity, whenever it is found."""
        return f"{self.code}:{self.about}"
