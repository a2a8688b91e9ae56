"""What producers before Kafka 0.11 wrote."""

import struct
from collections.abc import Iterator
from typing import Any, Final

from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from aiokafka.record.legacy_records import LegacyRecordBatch, _LegacyRecordBatchPy

from psa_event_consumer.kafka.reading.expansion import BUDGET, FAST_BYTES, UnreadableError, expanded
from psa_event_consumer.kafka.reading.records import PlainRecord
from psa_event_consumer.kafka.reading.unreadable import cut_of, is_wrong_for_good

_CODEC: Final = 0x07
_HEAD: Final = {0: struct.Struct(">qiIbb"), 1: struct.Struct(">qiIbbq")}


class MessageSet:
    """A batch of magic 0 or 1: a message, or a compressed one that holds others."""

    producer_id: int | None = None
    is_control_batch = is_transactional = False

    def __init__(self, content: memoryview, magic: int) -> None:
        self._content = content
        self._magic = magic
        head = _HEAD[magic].unpack_from(content)
        self._codec = head[4] & _CODEC
        self.base_offset = head[0]
        self.next_offset = head[0] + 1
        self._set: Any = LegacyRecordBatch(bytes(content), magic)
        self._is_whole = bool(self._set.validate_crc())

    def validate_crc(self) -> bool:
        """Say whether the content is as it was written, or is wrong for good."""
        return self._is_whole or is_wrong_for_good(self._content)

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
        else:
            return
        yield PlainRecord(self.base_offset, -1, 0, None, cut_of(self._content, why))

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
            _HEAD[self._magic].size
        )[1]
        size = 0
        for piece in expanded(self._codec, memoryview(value or b"")):
            size += len(piece)
            if size > FAST_BYTES:
                raise UnreadableError(f"it expands to more than {FAST_BYTES} bytes")
        return size
