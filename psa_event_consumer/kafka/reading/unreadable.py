"""Bytes that cannot be read: what is kept of them, and whether they are wrong for good."""

import hashlib
import struct
from collections.abc import Iterator
from typing import Final

from psa_event_consumer.apply.cut import FIRST_BYTES, Cut
from psa_event_consumer.kafka.reading.records import PlainRecord

_MOST_WRONG: Final = 1000
_seen_wrong: set[bytes] = set()


class UnreadableBatch:
    """Bytes of which not even the head makes sense: one record that says so."""

    producer_id: int | None = None
    is_control_batch = is_transactional = False

    def __init__(self, content: memoryview, why: str) -> None:
        (self.base_offset,) = struct.unpack_from(">q", content)
        self.next_offset = self.base_offset + 1
        self._record = PlainRecord(self.base_offset, -1, 0, None, cut_of(content, why))

    def validate_crc(self) -> bool:
        """Say yes: there is nothing to compare with."""
        return True

    def __iter__(self) -> Iterator[PlainRecord]:
        yield self._record


def is_wrong_for_good(content: memoryview) -> bool:
    """Say whether the same wrong bytes came before: then the log holds them, and transport is not at fault."""
    digest = hashlib.sha256(content).digest()
    if digest in _seen_wrong:
        return True
    if len(_seen_wrong) == _MOST_WRONG:
        _seen_wrong.clear()
    _seen_wrong.add(digest)
    return False


def cut_of(content: memoryview, why: str) -> Cut:
    """Return what is kept of bytes that cannot be read."""
    return Cut.of(bytes(content[:FIRST_BYTES]), len(content), hashlib.sha256(content).digest(), why)
