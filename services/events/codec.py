"""Bytes to events and back. `decode` is the consumer's hot path: a pass in C, then the rules that types cannot say."""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from services.events.contracts import Event, FlowMatched, PsaPushed
from services.events.errors import DecodeError, InvalidEventError
from services.events.refusal import MAX_DEPTH, refuse, refuse_depth, refuse_unhyphenated
from services.events.wire import (
    FLOW_MATCHED_TOPIC,
    FLOW_MATCHED_TYPE,
    MAX_BYTES,
    MAX_TIME_AHEAD,
    PSA_PUSHED_TOPIC,
    PSA_PUSHED_TYPE,
    SOURCE,
    Envelope,
    FlowMatchedData,
    FlowMatchedEnvelope,
    PsaPushedData,
    PsaPushedEnvelope,
)

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHALLOW_BYTES: Final = 2 * MAX_DEPTH  # what is balanced and no longer than this is no deeper than MAX_DEPTH
_decode_envelope: Final = msgspec.json.Decoder(Envelope).decode
_encode: Final = msgspec.json.Encoder().encode
# msgspec takes a UUID without its hyphens too. The 32 digits may also stand in a field that we ignore, so a hit only
# asks for a second look.
_unhyphenated: Final = re.compile(rb'"[0-9a-fA-F]{32}"').search
_is_traceparent: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}").fullmatch


def decode(topic: str, value: bytes | None, *, now: datetime) -> Event:
    """Return the event in a record's value; its `time` in UTC.

    Raises:
        DecodeError: whatever is wrong with the value, and nothing else. The reasons are tested in the order malformed,
            unknown_type, invalid.
    """
    if value is None or len(value) > MAX_BYTES:
        refuse(value, "")
    if len(value) > _SHALLOW_BYTES:
        refuse_depth(value)
    try:
        value.decode()  # msgspec does not look at the bytes of fields that it skips
        envelope = _decode_envelope(value)
    except (UnicodeDecodeError, msgspec.ValidationError) as error:
        refuse(value, str(error))
    except msgspec.DecodeError:
        # Where this is JSON all the same, it is the one thing that RFC 8259 allows and no Unicode string can hold.
        refuse(value, "an escape stands for half of a surrogate pair")
    if _unhyphenated(value) is not None:
        refuse_unhyphenated(value)
    time = envelope.time
    if not _EARLIEST <= time <= now + MAX_TIME_AHEAD:
        raise DecodeError("invalid", f"time {time} is before 1970 or more than {MAX_TIME_AHEAD} ahead", envelope.id)
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    if isinstance(envelope, FlowMatchedEnvelope):
        return _flow_matched(topic, envelope, time)
    return _psa_pushed(topic, envelope, time)


def _flow_matched(topic: str, envelope: FlowMatchedEnvelope, time: datetime) -> FlowMatched:
    if topic != FLOW_MATCHED_TOPIC:
        raise DecodeError("invalid", f"{FLOW_MATCHED_TYPE} belongs on {FLOW_MATCHED_TOPIC}", envelope.id)
    data = envelope.data
    return FlowMatched(data.account_id, data.session_id, data.flow_id, data.match_score, id=envelope.id, time=time)


def _psa_pushed(topic: str, envelope: PsaPushedEnvelope, time: datetime) -> PsaPushed:
    if topic != PSA_PUSHED_TOPIC:
        raise DecodeError("invalid", f"{PSA_PUSHED_TYPE} belongs on {PSA_PUSHED_TOPIC}", envelope.id)
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


def encode(event: Event, *, traceparent: str | None = None) -> bytes:
    """Return the CloudEvent, which `decode` accepts once `event.time` is no more than five minutes ahead.

    Args:
        event: What happened.
        traceparent: W3C trace context of the span that caused it, carried as CloudEvents' tracing extension.

    Raises:
        InvalidEventError: the event breaks a rule of its contract; the message names the field.
    """
    try:
        payload = _encode(_envelope_of(event))
        decoded = decode(topic_of(event), payload, now=event.time)
    except DecodeError as error:
        raise InvalidEventError(error.detail) from None
    except (TypeError, UnicodeEncodeError) as error:
        raise InvalidEventError(str(error)) from None
    number = "match_score" if isinstance(event, FlowMatched) else "hours_logged"
    if getattr(decoded, number) is None and getattr(event, number) is not None:
        raise InvalidEventError(f"{number} is {getattr(event, number)}, which JSON cannot say")
    if traceparent is None:
        return payload
    if _is_traceparent(traceparent) is None:
        raise InvalidEventError(f"traceparent {traceparent!r} is not W3C trace context")
    return b'%b,"traceparent":"%b"}' % (payload[:-1], traceparent.encode())


def _envelope_of(event: Event) -> Envelope:
    if isinstance(event, FlowMatched):
        return FlowMatchedEnvelope(
            specversion="1.0",
            id=event.id,
            source=SOURCE,
            time=event.time,
            data=FlowMatchedData(event.account_id, event.session_id, event.flow_id, event.match_score),
        )
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


def topic_of(event: Event) -> str:
    """Return the topic that carries the event."""
    return FLOW_MATCHED_TOPIC if isinstance(event, FlowMatched) else PSA_PUSHED_TOPIC


def type_of(event: Event) -> str:
    """CloudEvents' `type`."""
    return FLOW_MATCHED_TYPE if isinstance(event, FlowMatched) else PSA_PUSHED_TYPE


def key_of(event: Event) -> str:
    """Return the record's key: one flow, or one session's PSA work, stays in one partition and so in order."""
    if isinstance(event, FlowMatched):
        return str(event.flow_id)
    return str(event.session_id or event.psa_ticket_id)


class _Traced(msgspec.Struct, gc=False):
    traceparent: str | None = None


_decode_traced: Final = msgspec.json.Decoder(_Traced).decode


def traceparent_in(payload: bytes) -> str | None:
    """Return the trace context that `encode` put into an event; None for anything else, whatever the bytes are."""
    if b'"traceparent"' not in payload:
        return None
    try:
        found = _decode_traced(payload).traceparent
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if found and _is_traceparent(found) else None
