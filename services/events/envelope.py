"""What every event has in common: the attributes that the main application sees, and CloudEvents 1.0 on the wire.

A field that may be null may also be absent. Attributes and fields that are not named are ignored, so that producers can
add some.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from services.events.uuid7 import uuid7

SOURCE: Final = "/flowpilot"
MAX_BYTES: Final = 65_536
MAX_TIME_AHEAD: Final = timedelta(minutes=5)

EventTime = Annotated[
    datetime, Meta(tz=True, description="RFC 3339 with an offset, from 1970-01-01 to 5 minutes ahead")
]


def _now() -> datetime:
    return datetime.now(UTC)


class Occurrence(Struct, frozen=True, kw_only=True, gc=False):
    """The base of the events as the main application makes them and the consumer gets them: flat, frozen, typed."""

    id: UUID = field(default_factory=uuid7)
    """Names this occurrence: the same id again is the same event and is applied once."""
    time: datetime = field(default_factory=_now)
    """When it happened, with an offset; UTC in a decoded event. At most five minutes ahead."""


class CloudEvent(Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    """The base of the wire structs, which are the source of the published schemas."""

    specversion: Literal["1.0"]
    id: UUID
    source: Annotated[str, Meta(min_length=1, examples=[SOURCE])]
    time: EventTime
