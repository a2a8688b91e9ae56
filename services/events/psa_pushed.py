"""`flowpilot.psa.pushed.v1`."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.events.contract import EventContract
from services.events.envelope import SOURCE, CloudEvent, Occurrence
from services.events.errors import DecodeError

PSA_PUSHED_TYPE: Final = "flowpilot.psa.pushed.v1"
PSA_PUSHED_TOPIC: Final = "flowpilot.psa-pushed.v1"

ActivityType = Literal["time_entry_posted", "note_posted", "status_updated"]
Hours = Annotated[float, Meta(ge=0, le=1000, description="Decimal hours; for time_entry_posted only")]
# Blank is what metrics call blank: nothing but these six characters.
TicketId = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[^\u0000]*[^\u0000 \t\n\v\f\r][^\u0000]*$", examples=["48213"])
]


class PsaPushed(Occurrence, frozen=True, gc=False):
    """The PSA accepted a time entry, a note or a status change."""

    account_id: UUID
    session_id: UUID | None
    """None for work that belongs to no session; it counts in the totals and in no funnel."""
    activity_type: ActivityType
    psa_ticket_id: str
    """1 to 200 characters, not blank, no NUL."""
    hours_logged: float | None = None
    """Decimal hours, 0..1000: required for `time_entry_posted`, None otherwise."""


class PsaPushedData(Struct, frozen=True, kw_only=True, gc=False):
    """What was pushed. `hours_logged` is required for `time_entry_posted`, and absent or null otherwise."""

    account_id: UUID
    session_id: UUID | None = None
    activity_type: ActivityType
    psa_ticket_id: TicketId
    hours_logged: Hours | None = None


class PsaPushedEnvelope(CloudEvent, frozen=True, kw_only=True, gc=False, tag=PSA_PUSHED_TYPE):
    """The PSA accepted a time entry, a note or a status change."""

    data: PsaPushedData


def _to_event(envelope: PsaPushedEnvelope, time: datetime) -> PsaPushed:
    data = envelope.data
    if (data.activity_type == "time_entry_posted") is (data.hours_logged is None):
        raise DecodeError("invalid", "hours_logged goes with time_entry_posted, and with nothing else", envelope.id)
    return PsaPushed(
        data.account_id,
        data.session_id,
        data.activity_type,
        data.psa_ticket_id,
        data.hours_logged,
        id=envelope.id,
        time=time,
    )


def _to_envelope(event: PsaPushed) -> PsaPushedEnvelope:
    return PsaPushedEnvelope(
        specversion="1.0",
        id=event.id,
        source=SOURCE,
        time=event.time,
        data=PsaPushedData(
            account_id=event.account_id,
            session_id=event.session_id,
            activity_type=event.activity_type,
            psa_ticket_id=event.psa_ticket_id,
            hours_logged=event.hours_logged,
        ),
    )


_HOURS_GO_WITH_TIME_ENTRIES: Final[dict[str, Any]] = {
    "if": {"properties": {"activity_type": {"const": "time_entry_posted"}}},
    "then": {"properties": {"hours_logged": {"type": "number"}}, "required": ["hours_logged"]},
    "else": {"properties": {"hours_logged": {"type": "null"}}},
}

PSA_PUSHED: Final = EventContract(
    name="psa_pushed",
    event_type=PSA_PUSHED_TYPE,
    topic=PSA_PUSHED_TOPIC,
    event=PsaPushed,
    envelope=PsaPushedEnvelope,
    to_event=_to_event,
    to_envelope=_to_envelope,
    key=lambda event: str(event.session_id or event.psa_ticket_id),
    key_description="The session's id, else the ticket's.",
    schema_rules=_HOURS_GO_WITH_TIME_ENTRIES,
)
