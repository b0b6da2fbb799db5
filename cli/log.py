"""What the service says to whoever watches over it: one line an event, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def log_to_stderr() -> None:
    """Log in plain lines. A failure is told by its traceback alone, never with the values in it.

    The usual renderer prints every local variable, so that tokens and whole files end in the log.
    """
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s [%(levelname)s] %(name)s: %(message)s"
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
