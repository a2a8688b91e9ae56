"""Events as Kafka carries them, value and headers, and back.

`decode` is the consumer's hot path: a pass in C, then the rules that types cannot say.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Union

import msgspec

from services.events.contracts import CONTRACTS, Event, contract_of
from services.events.envelope import MAX_BYTES, MAX_TIME_AHEAD, CloudEvent
from services.events.errors import DecodeError, InvalidEventError
from services.events.refusal import MAX_DEPTH, refuse, refuse_depth, refuse_unhyphenated

Headers = Sequence[tuple[str, bytes | None]]

CONTENT_TYPE: Final = ("content-type", b"application/cloudevents+json")
WRITTEN_AT: Final = "written-at"
"""When the event was stored in the outbox, ISO 8601 with an offset: what the broker's time no longer says."""
BINARY_MODE_HINT: Final = (
    "; its headers are those of a CloudEvent in binary mode: send structured mode, the whole event as JSON in the"
    " value, content-type application/cloudevents+json"
)
"""Of a value that is no event: what many an SDK of CloudEvents does unless it is told otherwise."""
_BINARY_MODE: Final = frozenset({"ce_specversion", "ce_type", "ce_id"})

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHALLOW_BYTES: Final = 2 * MAX_DEPTH  # what is balanced and no longer than this is no deeper than MAX_DEPTH
_ENVELOPES: Final[Any] = Union[tuple(contract.envelope for contract in CONTRACTS)]  # noqa: UP007  made from the list
_BY_ENVELOPE: Final = {contract.envelope: contract for contract in CONTRACTS}
_decode_envelope: Final[Callable[[bytes], CloudEvent]] = msgspec.json.Decoder(_ENVELOPES).decode
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
    contract = _BY_ENVELOPE[type(envelope)]
    if topic != contract.topic:
        raise DecodeError("invalid", f"{contract.event_type} belongs on {contract.topic}", envelope.id)
    event: Event = contract.to_event(envelope, time)
    return event


def encode(event: Event, *, traceparent: str | None = None) -> bytes:
    """Return the CloudEvent, which `decode` accepts once `event.time` is no more than five minutes ahead.

    Args:
        event: What happened.
        traceparent: W3C trace context of the span that caused it, carried as CloudEvents' tracing extension.

    Raises:
        InvalidEventError: the event breaks a rule of its contract; the message names the field.
    """
    try:
        payload = _encode(contract_of(event).to_envelope(event))
        decoded = decode(topic_of(event), payload, now=event.time)
    except DecodeError as error:
        raise InvalidEventError(error.detail) from None
    except (TypeError, UnicodeEncodeError) as error:
        raise InvalidEventError(str(error)) from None
    for name in event.__struct_fields__:
        if getattr(decoded, name) is None and getattr(event, name) is not None:
            raise InvalidEventError(f"{name} is {getattr(event, name)}, which JSON cannot say")
    if traceparent is None:
        return payload
    if _is_traceparent(traceparent) is None:
        raise InvalidEventError(f"traceparent {traceparent!r} is not W3C trace context")
    return b'%b,"traceparent":"%b"}' % (payload[:-1], traceparent.encode())


def topic_of(event: Event) -> str:
    """Return the topic that carries the event."""
    return contract_of(event).topic


def type_of(event: Event) -> str:
    """Return CloudEvents' `type`."""
    return contract_of(event).event_type


def key_of(event: Event) -> str:
    """Return the record's key: what has the same key stays in one partition and so in order."""
    return contract_of(event).key(event)


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


def is_binary_mode(headers: Headers) -> bool:
    """Whether the record is a CloudEvent whose attributes are its headers."""
    return any(name.lower() in _BINARY_MODE for name, _ in headers)


def written_at_header(moment: datetime) -> tuple[str, bytes]:
    """Return the header for an outbox row of this moment, to the letter as Debezium's router writes it."""
    return WRITTEN_AT, f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}".encode()
