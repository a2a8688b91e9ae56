"""`flowpilot.flow.matched.v1`."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from services.events.contract import EventContract
from services.events.envelope import SOURCE, CloudEvent, Occurrence

FLOW_MATCHED_TYPE: Final = "flowpilot.flow.matched.v1"
FLOW_MATCHED_TOPIC: Final = "flowpilot.flow-matched.v1"

MatchScore = Annotated[float, Meta(ge=0, le=1, description="How well the flow matched")]


class FlowMatched(Occurrence, frozen=True, gc=False):
    """A session was matched to a flow of its account; again, with a new id, when it is matched again."""

    account_id: UUID
    session_id: UUID
    flow_id: UUID
    match_score: float | None = None
    """0..1, where the matcher gave one."""


class FlowMatchedData(Struct, frozen=True, gc=False):
    """The session and the flow, both of the account."""

    account_id: UUID
    session_id: UUID
    flow_id: UUID
    match_score: MatchScore | None = None


class FlowMatchedEnvelope(CloudEvent, frozen=True, kw_only=True, gc=False, tag=FLOW_MATCHED_TYPE):
    """A session was matched to a flow of its account."""

    data: FlowMatchedData


def _to_event(envelope: FlowMatchedEnvelope, time: datetime) -> FlowMatched:
    data = envelope.data
    return FlowMatched(data.account_id, data.session_id, data.flow_id, data.match_score, id=envelope.id, time=time)


def _to_envelope(event: FlowMatched) -> FlowMatchedEnvelope:
    return FlowMatchedEnvelope(
        specversion="1.0",
        id=event.id,
        source=SOURCE,
        time=event.time,
        data=FlowMatchedData(event.account_id, event.session_id, event.flow_id, event.match_score),
    )


FLOW_MATCHED: Final = EventContract(
    name="flow_matched",
    event_type=FLOW_MATCHED_TYPE,
    topic=FLOW_MATCHED_TOPIC,
    event=FlowMatched,
    envelope=FlowMatchedEnvelope,
    to_event=_to_event,
    to_envelope=_to_envelope,
    key=lambda event: str(event.flow_id),
    key_description="The flow's id.",
)
