"""aiokafka's fetch, made to read batches by our own rules and to share a fetch fairly."""

import struct
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch

from psa_event_consumer.apply.batch import Record
from psa_event_consumer.apply.cut import MAX_HEADERS
from psa_event_consumer.kafka.reading.expansion import BUDGET, FAST_BYTES, UnreadableError, expanded
from psa_event_consumer.kafka.reading.legacy import MessageSet
from psa_event_consumer.kafka.reading.records import BatchHead, PlainRecord, records
from psa_event_consumer.kafka.reading.unreadable import UnreadableBatch, cut_of, is_wrong_for_good

MAX_RECORDS: Final = 5000
"""Records a fetch hands over; a transaction of so many takes a fifth of a second."""
MAX_BATCH_RECORDS: Final = 100_000
"""More than can be events, of which each holds three random ids. A consumer that begins in the midst of a batch reads
all that is before it at one go."""
_OVERHEAD: Final = struct.calcsize(">qi")
_MAGIC_AT: Final = struct.calcsize(">qii")
_MAGIC: Final = 2
_HEAD: Final = struct.Struct(">qiibIhiqqqhii")
_ATTRIBUTES: Final = struct.Struct(">h")
_ATTRIBUTES_AT: Final = struct.calcsize(">qiibI")
_CODEC, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20


def install() -> None:
    """Have every consumer of this process read so."""
    fetcher.MemoryRecords = Batches
    fetcher.FetchResult = _BoundedResult


async def fetch(kafka: AIOKafkaConsumer, timeout_ms: int) -> Mapping[TopicPartition, list[Record]]:
    """Fetch records; a partition that has more goes behind the others, so that none waits for a long one.

    Raises:
        KafkaError: as the brokers say.
    """
    BUDGET.renew()
    fetched: dict[TopicPartition, list[Record]] = await kafka.getmany(timeout_ms=timeout_ms, max_records=MAX_RECORDS)
    waiting = kafka._fetcher._records  # noqa: SLF001  it hands out in this order, and always begins with the first
    for partition in fetched:
        if partition in waiting:
            waiting[partition] = waiting.pop(partition)
    return fetched


class _BoundedResult(fetcher.FetchResult):  # type: ignore[misc]  # aiokafka is untyped
    """A partition's records, of which a fetch hands over no more than its budget allows."""

    _partition_records: Any

    def getall(self, max_records: int | None = None) -> list[Any]:
        if BUDGET.is_spent or not self.check_assignment(self._topic_partition) or not self.has_more():
            return []
        taken: list[Any] = []
        for record in self._partition_records:
            taken.append(record)
            if BUDGET.is_spent or (max_records is not None and len(taken) >= max_records):
                self._update_position()
                return taken
        self._update_position()
        self._partition_records = None
        return taken


class _UnfitError(Exception):
    """A record has more headers than are kept: as objects they are forty times as large as in the batch."""


class RecordBatch:
    """A batch of magic 2."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        head = _HEAD.unpack_from(content)
        self.base_offset, self._attributes, last = head[0], head[5], head[6]
        self.next_offset = self.base_offset + last + 1
        self.producer_id = head[9]
        self.is_control_batch = bool(self._attributes & _CONTROL)
        self.is_transactional = bool(self._attributes & _TRANSACTIONAL)
        timestamp_type = int(bool(self._attributes & _LOG_APPEND_TIME))
        self._head = BatchHead(self.base_offset, head[7], head[8], timestamp_type, head[12])
        self._fast: Any = DefaultRecordBatch(bytes(content))
        self._is_whole = bool(self._fast.validate_crc())

    def validate_crc(self) -> bool:
        """Say whether the content is as it was written, or is wrong for good: then it is read, and found unreadable."""
        return self._is_whole or is_wrong_for_good(self._content)

    def __next__(self) -> Any:  # noqa: ANN401  aiokafka's own record: a control batch's marker
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        due = self.base_offset
        try:
            for record in self._records():
                yield record
                due = record.offset + 1
        except (UnreadableError, CorruptRecordException, ValueError, IndexError) as error:
            why = f"offsets {due} to {self.next_offset - 1} cannot be read: {error}"
        else:
            return
        # Not within the handler: until the next turn it would keep all that was read.
        if due < self.next_offset:
            yield PlainRecord(due, self._head.max_timestamp, 0, None, cut_of(self._content, why))

    def _records(self) -> Iterator[Any]:
        due = self.base_offset
        try:
            for record in _fit(self._quickly()):
                yield record
                due = record.offset + 1
        except (UnicodeDecodeError, _UnfitError):  # a header's name, or their number: the slow reader takes it
            slowly = records(self._head, self._pieces())
        else:
            return
        for record in slowly:
            if record.offset >= due:
                BUDGET.hold(record)
                yield record

    def _quickly(self) -> Iterator[Any]:
        """Read by aiokafka's own parser if the batch stays small."""
        if self._head.count > MAX_BATCH_RECORDS:
            raise UnreadableError(f"{self._head.count} records are more than {MAX_BATCH_RECORDS}")
        if not self._attributes & _CODEC and len(self._content) <= FAST_BYTES:
            self._require_whole()
            return iter(self._fast)
        pieces, first, size = self._pieces(), [], 0
        for piece in pieces:
            first.append(piece)
            size += len(piece)
            if size > FAST_BYTES:
                return records(self._head, chain(first, pieces))
        head = bytearray(self._content[: _HEAD.size])
        _ATTRIBUTES.pack_into(head, _ATTRIBUTES_AT, self._attributes & ~_CODEC)
        return iter(DefaultRecordBatch(b"".join((head, *first))))

    def _pieces(self) -> Iterator[bytes]:
        self._require_whole()
        return expanded(self._attributes & _CODEC, self._content[_HEAD.size :])

    def _require_whole(self) -> None:
        if not self._is_whole:
            raise UnreadableError("its checksum is wrong")


def _fit(reading: Iterator[Any]) -> Iterator[Any]:
    """Count what the records hold.

    Raises:
        _UnfitError: at the first that is not for the fast parser.
    """
    for record in reading:
        BUDGET.hold(record)
        if len(record.headers) > MAX_HEADERS:
            raise _UnfitError
        yield record


class Batches:
    """A fetch's bytes, batch by batch; takes the place of aiokafka's `MemoryRecords`."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    def size_in_bytes(self) -> int:
        """Return the bytes of the fetch."""
        return len(self._data)

    def has_next(self) -> bool:
        """Say whether a whole batch is left."""
        return self._end() is not None

    def next_batch(self) -> RecordBatch | MessageSet | UnreadableBatch:
        """Return the next batch; `has_next` has said that there is one."""
        content = self._data[self._at : self._end()]
        self._at += len(content)
        try:
            magic = content[_MAGIC_AT]
            if magic == _MAGIC:
                return RecordBatch(content)
            if magic < _MAGIC:
                return MessageSet(content, magic)
            return UnreadableBatch(content, f"magic {magic} is unknown")
        except (IndexError, struct.error, ValueError, AssertionError):
            return UnreadableBatch(content, "it is shorter than any batch")

    def _end(self) -> int | None:
        if len(self._data) - self._at < _OVERHEAD:
            return None
        _, length = struct.unpack_from(">qi", self._data, self._at)
        end = self._at + _OVERHEAD + max(length, 0)
        return end if end <= len(self._data) else None
