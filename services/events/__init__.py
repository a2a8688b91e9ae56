"""The event contracts: what the main application says, and how it travels.

    event = FlowMatched(account_id, session_id, flow_id, match_score=0.82)
    await add_event(connection, event)  # services.outbox: in your transaction

Needs msgspec alone: neither a Kafka client nor a database driver. `python -m services.events` writes the JSON Schemas
and the AsyncAPI document.
"""

from services.events.codec import decode, encode, key_of, topic_of, type_of
from services.events.contracts import CONTRACTS, TOPICS, Event, contract_of
from services.events.envelope import MAX_BYTES, MAX_TIME_AHEAD
from services.events.errors import DecodeError, EventError, InvalidEventError, Reason
from services.events.flow_matched import FLOW_MATCHED_TOPIC, FLOW_MATCHED_TYPE, FlowMatched
from services.events.psa_pushed import PSA_PUSHED_TOPIC, PSA_PUSHED_TYPE, ActivityType, PsaPushed
from services.events.uuid7 import uuid7

__all__ = [
    "CONTRACTS",
    "FLOW_MATCHED_TOPIC",
    "FLOW_MATCHED_TYPE",
    "MAX_BYTES",
    "MAX_TIME_AHEAD",
    "PSA_PUSHED_TOPIC",
    "PSA_PUSHED_TYPE",
    "TOPICS",
    "ActivityType",
    "DecodeError",
    "Event",
    "EventError",
    "FlowMatched",
    "InvalidEventError",
    "PsaPushed",
    "Reason",
    "contract_of",
    "decode",
    "encode",
    "key_of",
    "topic_of",
    "type_of",
    "uuid7",
]
