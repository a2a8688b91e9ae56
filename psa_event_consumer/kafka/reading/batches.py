"""A fetch's bytes, batch by batch: what aiokafka calls MemoryRecords."""

import hashlib
import struct
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.legacy_records import LegacyRecordBatch, _LegacyRecordBatchPy

from psa_event_consumer.apply.cut import FIRST_BYTES, Cut
from psa_event_consumer.kafka.reading.budget import BUDGET, MAX_EXPANDED
from psa_event_consumer.kafka.reading.expansion import UnreadableError, expanded
from psa_event_consumer.kafka.reading.records import BatchHead, PlainRecord, records

FAST_BYTES: Final = 2 * 1024 * 1024
"""What the fast parser takes whole. A million headers are a hundred times larger as objects than as bytes."""
_HEAD: Final = struct.Struct(">qiibIhiqqqhii")
_ATTRIBUTES: Final = struct.Struct(">h")
_ATTRIBUTES_AT: Final = struct.calcsize(">qiibI")
_OVERHEAD: Final = struct.calcsize(">qi")
_MAGIC_AT: Final = struct.calcsize(">qii")
_LEGACY_HEAD: Final = {0: struct.Struct(">qiIbb"), 1: struct.Struct(">qiIbbq")}
_CODEC, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20
_MAGIC: Final = 2


class Batches:
    """Takes the place of aiokafka's `MemoryRecords`."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    def size_in_bytes(self) -> int:
        """Return the bytes of the fetch."""
        return len(self._data)

    def has_next(self) -> bool:
        """Say whether a whole batch is left."""
        return self._end() is not None

    def next_batch(self) -> "Batch | LegacyBatch | UnreadableBatch":
        """Return the next batch; `has_next` has said that there is one."""
        content = self._data[self._at : self._end()]
        self._at += len(content)
        try:
            magic = content[_MAGIC_AT]
            if magic == _MAGIC:
                return Batch(content)
            if magic < _MAGIC:
                return LegacyBatch(content, magic)
            return UnreadableBatch(content, f"magic {magic} is unknown")
        except (IndexError, struct.error, ValueError, AssertionError):
            return UnreadableBatch(content, "it is shorter than any batch")

    def _end(self) -> int | None:
        if len(self._data) - self._at < _OVERHEAD:
            return None
        _, length = struct.unpack_from(">qi", self._data, self._at)
        end = self._at + _OVERHEAD + max(length, 0)
        return end if end <= len(self._data) else None


class UnreadableBatch:
    """Bytes of which not even the head makes sense: one record that says so."""

    producer_id: int | None = None
    is_control_batch = is_transactional = False

    def __init__(self, content: memoryview, why: str) -> None:
        (self.base_offset,) = struct.unpack_from(">q", content)
        self.next_offset = self.base_offset + 1
        self._record = PlainRecord(self.base_offset, -1, 0, None, _cut(content, why))

    def validate_crc(self) -> bool:
        """Say yes: there is nothing to compare with."""
        return True

    def __iter__(self) -> Iterator[PlainRecord]:
        yield self._record


class Batch:
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
        return self._is_whole or _is_wrong_for_good(self._content)

    def __next__(self) -> Any:  # noqa: ANN401  aiokafka's own record: a control batch's marker
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        due = self.base_offset
        try:
            try:
                for record in self._quickly():
                    yield record
                    due = record.offset + 1
            except UnicodeDecodeError:  # a header's name, which the slow reader replaces
                for record in _held(records(self._head, self._pieces())):
                    if record.offset >= due:
                        yield record
                        due = record.offset + 1
        except (UnreadableError, CorruptRecordException, ValueError, IndexError) as error:
            if due >= self.next_offset:
                return
            why = f"offsets {due} to {self.next_offset - 1} cannot be read: {error}"
            yield PlainRecord(due, self._head.max_timestamp, 0, None, _cut(self._content, why))

    def _quickly(self) -> Iterator[Any]:
        """Read by aiokafka's own parser if the batch stays small."""
        if not self._attributes & _CODEC and len(self._content) <= FAST_BYTES:
            self._require_whole()
            return iter(self._fast)
        pieces, first, size = self._pieces(), [], 0
        for piece in pieces:
            first.append(piece)
            size += len(piece)
            if size > FAST_BYTES:
                return _held(records(self._head, chain(first, pieces)))
        BUDGET.held += size
        head = bytearray(self._content[: _HEAD.size])
        _ATTRIBUTES.pack_into(head, _ATTRIBUTES_AT, self._attributes & ~_CODEC)
        return iter(DefaultRecordBatch(b"".join((head, *first))))

    def _pieces(self) -> Iterator[bytes]:
        self._require_whole()
        return _counted(expanded(self._attributes & _CODEC, self._content[_HEAD.size :]))

    def _require_whole(self) -> None:
        if not self._is_whole:
            raise UnreadableError("its checksum is wrong")


class LegacyBatch:
    """A message set of magic 0 or 1: a message, or a compressed one that holds others."""

    producer_id: int | None = None
    is_control_batch = is_transactional = False

    def __init__(self, content: memoryview, magic: int) -> None:
        self._content = content
        self._magic = magic
        head = _LEGACY_HEAD[magic].unpack_from(content)
        self._codec = head[4] & _CODEC
        self.base_offset = head[0]
        self.next_offset = head[0] + 1
        self._set: Any = LegacyRecordBatch(bytes(content), magic)
        self._is_whole = bool(self._set.validate_crc())

    def validate_crc(self) -> bool:
        """Say whether the content is as it was written, or is wrong for good."""
        return self._is_whole or _is_wrong_for_good(self._content)

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._messages()
        except (
            UnreadableError,
            CorruptRecordException,
            UnsupportedCodecError,
            AssertionError,
            ValueError,
            IndexError,
            struct.error,
        ) as error:
            why = f"the message set at offset {self.base_offset} cannot be read: {error}"
            yield PlainRecord(self.base_offset, -1, 0, None, _cut(self._content, why))

    def _messages(self) -> Iterator[PlainRecord]:
        if not self._is_whole:
            raise UnreadableError("its checksum is wrong")
        if self._codec:
            BUDGET.held += self._size()
        for record in self._set:
            timestamp = -1 if record.timestamp is None else record.timestamp
            yield PlainRecord(record.offset, timestamp, record.timestamp_type or 0, record.key, record.value)

    def _size(self) -> int:
        """Return the bytes that the messages within expand to.

        Raises:
            UnreadableError: they are more than the fast parser may have.
        """
        value = _LegacyRecordBatchPy(self._content, self._magic)._read_key_value(  # noqa: SLF001  no other says where
            _LEGACY_HEAD[self._magic].size
        )[1]
        size = 0
        for piece in _counted(expanded(self._codec, memoryview(value or b""))):
            size += len(piece)
            if size > FAST_BYTES:
                raise UnreadableError(f"it expands to more than {FAST_BYTES} bytes")
        return size


def _held(reading: Iterator[PlainRecord]) -> Iterator[PlainRecord]:
    for record in reading:
        BUDGET.held += len(record.key or b"") + len(record.value or b"")
        yield record


def _counted(pieces: Iterator[bytes]) -> Iterator[bytes]:
    expanded_here = 0
    for piece in pieces:
        expanded_here += len(piece)
        BUDGET.expanded += len(piece)
        if expanded_here > MAX_EXPANDED:
            raise UnreadableError(f"the batch expands to more than {MAX_EXPANDED} bytes")
        yield piece


_MOST_WRONG: Final = 1000
_seen_wrong: set[bytes] = set()


def _is_wrong_for_good(content: memoryview) -> bool:
    """Say whether the same wrong bytes came before: then they are so in the log, and no accident of the journey."""
    digest = hashlib.sha256(content).digest()
    if digest in _seen_wrong:
        return True
    if len(_seen_wrong) == _MOST_WRONG:
        _seen_wrong.clear()
    _seen_wrong.add(digest)
    return False


def _cut(content: memoryview, why: str) -> Cut:
    return Cut.of(bytes(content[:FIRST_BYTES]), len(content), hashlib.sha256(content).digest(), why)
