"""The events as the main application makes them and the consumer gets them: flat, frozen, typed."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from services.events.uuid7 import uuid7

ActivityType = Literal["time_entry_posted", "note_posted", "status_updated"]


def _now() -> datetime:
    return datetime.now(UTC)


class _Event(Struct, frozen=True, kw_only=True, gc=False):
    id: UUID = field(default_factory=uuid7)
    """Names this occurrence: the same id again is the same event and is applied once."""
    time: datetime = field(default_factory=_now)
    """When it happened, with an offset; UTC in a decoded event. At most five minutes ahead."""


class FlowMatched(_Event, frozen=True, gc=False):
    """A session was matched to a flow of its account; again, with a new id, when it is matched anew."""

    account_id: UUID
    session_id: UUID
    flow_id: UUID
    match_score: float | None = None
    """0..1, where the matcher gave one."""


class PsaPushed(_Event, frozen=True, gc=False):
    """The PSA accepted a time entry, a note or a status change."""

    account_id: UUID
    session_id: UUID | None
    """None for work that belongs to no session; it counts in the totals and in no funnel."""
    activity_type: ActivityType
    psa_ticket_id: str
    """1 to 200 characters, not blank, no NUL."""
    hours_logged: float | None = None
    """Decimal hours, 0..1000: required for `time_entry_posted`, None otherwise."""


Event = FlowMatched | PsaPushed
