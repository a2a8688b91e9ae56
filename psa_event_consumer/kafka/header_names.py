"""Header names that are not UTF-8, with which a foreign producer would stop aiokafka for ever.

aiokafka decodes them within the fetch: the exception drops the decoded part of the fetch, and the next one meets the
same record again. Nothing of ours depends on headers, so such a name is read with replacement characters; the record is
judged by its value like any other.
"""

import asyncio
from typing import Any, SupportsIndex, overload

import structlog
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

log = structlog.get_logger(__name__)

_SECONDS = 60.0
_MAGIC_OFFSET = 16
_FIRST_WITH_HEADERS = 2
_fast: Any = fetcher.MemoryRecords


def read_leniently() -> None:
    """For a minute from now every fetch of this process is read by the slower, lenient reader."""
    log.warning("A record has a header whose name is not UTF-8: reading it with replacement characters")
    fetcher.MemoryRecords = _LenientRecords
    asyncio.get_running_loop().call_later(_SECONDS, _read_fast)


def _read_fast() -> None:
    fetcher.MemoryRecords = _fast


class _LenientBytes(bytearray):
    """Whatever is cut out of it decodes."""

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> "_LenientBytes": ...
    def __getitem__(self, key: SupportsIndex | slice, /) -> "int | _LenientBytes":
        if isinstance(key, slice):
            return _LenientBytes(super().__getitem__(key))
        return super().__getitem__(key)

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, errors)


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka is untyped here, and means no subclass
    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: bytearray = _LenientBytes(self._buffer)


class _LenientRecords(_MemoryRecordsPy):  # type: ignore[misc]  # the same
    def next_batch(self) -> Any:  # noqa: ANN401  either of aiokafka's two kinds
        content = self._next_slice
        batch = super().next_batch()
        if content is None or content[_MAGIC_OFFSET] < _FIRST_WITH_HEADERS:
            return batch
        return _LenientBatch(content)
