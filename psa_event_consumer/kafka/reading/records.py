"""The records of a batch of magic 2, one by one from its expanded pieces."""

from collections.abc import Iterator
from dataclasses import dataclass

from psa_event_consumer.apply.cut import MAX_HEADER_BYTES, MAX_HEADERS
from psa_event_consumer.kafka.reading.expansion import UnreadableError
from psa_event_consumer.kafka.reading.pieces import Pieces


@dataclass(frozen=True, slots=True)
class PlainRecord:
    """What aiokafka asks of a record."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    checksum: None = None


@dataclass(frozen=True, slots=True)
class BatchHead:
    """What stands before a batch's records."""

    base_offset: int
    first_timestamp: int
    max_timestamp: int
    timestamp_type: int
    count: int


def records(head: BatchHead, pieces: Iterator[bytes]) -> Iterator[PlainRecord]:
    """Yield the records in their order.

    Header names that are not UTF-8 are read with replacement characters: nothing of ours depends on them.

    Raises:
        UnreadableError: there is no further record where one should be.
    """
    reading = Pieces(pieces)
    for _ in range(head.count):
        length = reading.varint()
        end = reading.position + length
        reading.take(1)  # its attributes, of which there are none yet
        timestamp = head.first_timestamp + reading.varint()
        offset = head.base_offset + reading.varint()
        key, value, headers = reading.field(), reading.field(), _headers(reading)
        reading.skip(end - reading.position)
        at = head.max_timestamp if head.timestamp_type else timestamp
        yield PlainRecord(offset, at, head.timestamp_type, key, value, headers)


def _headers(reading: Pieces) -> tuple[tuple[str, bytes | None], ...]:
    """Read as many as are kept: a hundred million of them would take minutes."""
    kept: list[tuple[str, bytes | None]] = []
    count, size = reading.varint(), 0
    if count < 0:
        raise UnreadableError(f"a record has {count} headers")
    for _ in range(min(count, MAX_HEADERS)):
        name, value = reading.field() or b"", reading.field()
        size += len(name) + len(value or b"")
        if size > MAX_HEADER_BYTES:
            break
        kept.append((name.decode(errors="replace"), value))
    return tuple(kept)
