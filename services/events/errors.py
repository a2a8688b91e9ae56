from typing import Literal
from uuid import UUID

Reason = Literal["malformed", "unknown_type", "invalid"]

_MAX_DETAIL = 300


class EventError(ValueError):
    """The base of what this package raises."""


class InvalidEventError(EventError):
    """An event that no consumer would accept; raised to whoever made it, before it is stored or sent."""


class DecodeError(EventError):
    """A record's value that is no event of ours.

    `reason` is the dead letter's reason. `detail` is short, printable text that any database stores. `event_id` is
    known where the value is an object with a valid id.
    """

    def __init__(self, reason: Reason, detail: str, event_id: UUID | None = None) -> None:
        self.reason: Reason = reason
        self.detail = printable(detail)
        self.event_id = event_id
        super().__init__(f"{reason}: {self.detail}")


def printable(text: str) -> str:
    """Return the text, bounded, without what a terminal, a log or PostgreSQL (NUL, lone surrogates) cannot take."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:_MAX_DETAIL])
    return shown if len(shown) <= _MAX_DETAIL else shown[: _MAX_DETAIL - 1] + "…"
