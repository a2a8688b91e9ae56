"""Kafka's headers of an event: what the relay, or a router in its place, says beside the value."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

Headers = Sequence[tuple[str, bytes | None]]

CONTENT_TYPE: Final = ("content-type", b"application/cloudevents+json")
WRITTEN_AT: Final = "written-at"
"""When the event was stored in the outbox, ISO 8601 with an offset: `as_of` is no later than that until it counts."""


BINARY_MODE_HINT: Final = (
    "; its headers are those of a CloudEvent in binary mode: send structured mode, the whole event as JSON in the"
    " value, content-type application/cloudevents+json"
)
"""Of a value that is no event: what many an SDK of CloudEvents does unless it is told otherwise."""
_BINARY_MODE: Final = frozenset({"ce_specversion", "ce_type", "ce_id"})


def is_binary_mode(headers: Headers) -> bool:
    """Whether the record is a CloudEvent whose attributes are its headers."""
    return any(name.lower() in _BINARY_MODE for name, _ in headers)


def written_at_header(moment: datetime) -> tuple[str, bytes]:
    """Return the header for an outbox row of this moment, to the letter as Debezium's router writes it."""
    return WRITTEN_AT, f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}".encode()


def written_at_in(headers: Headers) -> datetime | None:
    """Return the moment that the header names; None without one, or with one that is no moment.

    Quotation marks around it are as good: Kafka Connect's JSON converter writes them.
    """
    for name, value in headers:
        if name == WRITTEN_AT and value is not None:
            try:
                moment = datetime.fromisoformat(value.decode("ascii").strip('"'))
            except (ValueError, UnicodeDecodeError):
                return None
            return moment.astimezone(UTC) if moment.tzinfo is not None else None
    return None
