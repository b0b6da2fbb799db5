"""What can go wrong in the twin, each with the code that a client sees.

TwinError
├── NotFound            thing.not_found: nothing of that name was ever named by an event
├── Refused             the rule that forbids it, named by its code
│   └── Forbidden       access.forbidden: the role may not
├── Conflict            two facts that cannot both be
├── Behind              twin.behind: the projection has not reached the asked watermark in time
├── GraphUnavailable    graph.unavailable: the graph did not answer in time
└── StreamUnavailable   stream.unavailable: the stream did not answer in time
"""


class TwinError(Exception):
    """A failure a client may read: its code, and words without internals."""

    code = "twin.error"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class NotFound(TwinError):
    """Nothing of that name was ever named by a counted event."""

    code = "thing.not_found"


class Refused(TwinError):
    """A rule forbids it; the code names the rule."""

    code = "twin.refused"


class Forbidden(Refused):
    """The caller's role may not ask or do this."""

    code = "access.forbidden"


class Conflict(TwinError):
    """Two facts that cannot both be."""

    code = "twin.conflict"


class Behind(TwinError):
    """The projection has not reached the asked watermark within the time allowed."""

    code = "twin.behind"


class GraphUnavailable(TwinError):
    """The graph did not answer within its deadline."""

    code = "graph.unavailable"


class StreamUnavailable(TwinError):
    """The stream did not answer within its deadline."""

    code = "stream.unavailable"
