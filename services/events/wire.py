"""The wire form: CloudEvents 1.0, structured JSON. These structs are the source of the published schemas.

A field that may be null may also be absent. Attributes and fields that are not named here are ignored, so that
producers can add some.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.events.contracts import ActivityType

FLOW_MATCHED_TYPE = "flowpilot.flow.matched.v1"
PSA_PUSHED_TYPE = "flowpilot.psa.pushed.v1"
FLOW_MATCHED_TOPIC = "flowpilot.flow-matched.v1"
PSA_PUSHED_TOPIC = "flowpilot.psa-pushed.v1"

SOURCE = "/flowpilot"
MAX_BYTES = 65_536
MAX_TIME_AHEAD = timedelta(minutes=5)

EventTime = Annotated[
    datetime, Meta(tz=True, description="RFC 3339 with an offset, from 1970-01-01 to 5 minutes ahead")
]
MatchScore = Annotated[float, Meta(ge=0, le=1, description="How well the flow matched")]
Hours = Annotated[float, Meta(ge=0, le=1000, description="Decimal hours; for time_entry_posted only")]
# Blank is what metrics call blank: nothing but these six characters.
TicketId = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[^\u0000]*[^\u0000 \t\n\v\f\r][^\u0000]*$", examples=["48213"])
]


class FlowMatchedData(Struct, frozen=True, gc=False):
    """The session and the flow, both of the account."""

    account_id: UUID
    session_id: UUID
    flow_id: UUID
    match_score: MatchScore | None = None


class PsaPushedData(Struct, frozen=True, kw_only=True, gc=False):
    """What was pushed. `hours_logged` is required for `time_entry_posted`, and absent or null otherwise."""

    account_id: UUID
    session_id: UUID | None = None
    activity_type: ActivityType
    psa_ticket_id: TicketId
    hours_logged: Hours | None = None


class _CloudEvent(Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    specversion: Literal["1.0"]
    id: UUID
    source: Annotated[str, Meta(min_length=1, examples=[SOURCE])]
    time: EventTime


class FlowMatchedEnvelope(_CloudEvent, frozen=True, kw_only=True, gc=False, tag=FLOW_MATCHED_TYPE):
    """A session was matched to a flow of its account."""

    data: FlowMatchedData


class PsaPushedEnvelope(_CloudEvent, frozen=True, kw_only=True, gc=False, tag=PSA_PUSHED_TYPE):
    """The PSA accepted a time entry, a note or a status change."""

    data: PsaPushedData


Envelope = FlowMatchedEnvelope | PsaPushedEnvelope
