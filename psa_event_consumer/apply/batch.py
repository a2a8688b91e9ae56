"""Fetched records, decoded: what the transaction works on."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from psa_event_consumer.apply.cut import Cut
from services.events import DecodeError, Event, decode
from services.events.codec import BINARY_MODE_HINT, is_binary_mode

Reason = Literal[
    "malformed", "unknown_type", "invalid", "too_old", "unknown_flow", "unknown_session", "account_mismatch", "skipped"
]
"""The last is an operator's: `offsets skip`."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_HOLD_SECONDS = 0.02
_SLICE = 100


class Record(Protocol):
    """What we use of aiokafka's ConsumerRecord; a stored dead letter gives the same."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(frozen=True, slots=True)
class Move:
    """One partition's step from the offset that we hold to the one after the batch."""

    partition: int
    epoch: int
    start: int
    end: int
    applied_until: datetime | None
    """Every event of the partition that was written before is applied with this step; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A record that cannot be applied, and why."""

    record: Record
    reason: Reason
    detail: str
    event_id: UUID | None


@dataclass(slots=True)
class Batch:
    """Records of one topic, in (partition, offset) order, each an event or a dead letter."""

    topic: str
    moves: list[Move] = field(default_factory=list)
    events: list[tuple[Record, Event]] = field(default_factory=list)
    dead: list[Dead] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.events) + len(self.dead)


async def decode_into(batch: Batch, records: Sequence[Record], *, now: datetime, oldest: datetime | None) -> None:
    """Decode records into the batch, as events and dead letters, by the first four tests of docs/design.md section 5.

    The event loop gets a turn now and then: a consumer whose loop stands still is evicted from its group.

    Args:
        batch: Takes the events and the dead letters.
        records: Records of the batch's topic, in order.
        now: The time by which an event is from the future.
        oldest: A record whose broker's timestamp is older is `too_old`; None lets any age pass.
    """
    hold_until = time.monotonic() + _LONGEST_HOLD_SECONDS
    for first in range(0, len(records), _SLICE):
        _decode_slice(batch, records[first : first + _SLICE], now, oldest)
        if time.monotonic() > hold_until:
            await asyncio.sleep(0)
            hold_until = time.monotonic() + _LONGEST_HOLD_SECONDS


def _decode_slice(batch: Batch, records: Sequence[Record], now: datetime, oldest: datetime | None) -> None:
    oldest_ms = 0 if oldest is None else int(oldest.timestamp() * 1000)
    topic, keep = batch.topic, batch.events.append
    for record in records:
        try:
            event = _decoded(topic, record.value, now)
        except DecodeError as error:
            hint = BINARY_MODE_HINT if is_binary_mode(record.headers) else ""
            batch.dead.append(Dead(record, error.reason, error.detail + hint, error.event_id))
        else:
            if 0 <= record.timestamp < oldest_ms:
                detail = f"the record is of {instant(record.timestamp)}, the inbox remembers ids since {oldest}"
                batch.dead.append(Dead(record, "too_old", detail, event.id))
            else:
                keep((record, event))


def _decoded(topic: str, value: bytes | None, now: datetime) -> Event:
    if isinstance(value, Cut):
        raise DecodeError("malformed", value.why)
    return decode(topic, value, now=now)


def instant(milliseconds: int) -> datetime | None:
    """Return a record's timestamp; None where it has none, or one that no calendar holds."""
    if milliseconds < 0:
        return None
    try:
        return _BEGINNING + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
