"""What a fold finds odd in its events."""

from __future__ import annotations

from typing import NamedTuple

from twin.folds.advice import ADVICE


class Suspicion(NamedTuple):
    """Something a person should look at; ``about`` tells it from others of the same code."""

    code: str
    about: str
    message: str
    things: tuple[str, ...]

    @property
    def severity(self) -> str:
        """How serious it is."""
        return ADVICE[self.code].severity

    @property
    def hint(self) -> str:
        """What to do about it."""
        return ADVICE[self.code].hint

    @property
    def finding_id(self) -> str:
        """The same for the same oddity, whenever it is found."""
        return f"{self.code}:{self.about}"


def dated_ahead(thing: str, event_id: str) -> Suspicion:
    """A thing with an event that is dated well after the twin recorded it."""
    return Suspicion(
        code="clock.future",
        about=thing,
        message=f"Event {event_id} is dated after the moment at which the twin recorded it.",
        things=(thing,),
    )
