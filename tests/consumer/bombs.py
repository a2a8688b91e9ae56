"""Batches that are small in the log and large when they are expanded."""

import asyncio
import gzip
import struct
from binascii import crc32
from collections.abc import Sequence

import cramjam
import zstandard
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.legacy_records import _LegacyRecordBatchBuilderPy
from aiokafka.record.util import encode_varint_py

from tests.consumer.foreign import _send

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
Headers = Sequence[tuple[str, bytes | None]]


def batch(codec: int, values: Sequence[bytes | None], *, headers: Headers = (), key: bytes | None = None) -> bytes:
    """A batch of magic 2."""
    builder = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, -1, 1 << 31)
    for offset, value in enumerate(values):
        builder.append(offset, 1_700_000_000_000, key, value, list(headers))
    return bytes(builder.build())


def with_payload(codec: int, payload: bytes, count: int = 1) -> bytes:
    """A batch of magic 2 whose records are these bytes."""
    from aiokafka.record.util import calc_crc32c  # noqa: PLC0415  only here

    head = struct.pack(">hiqqqhii", codec, count - 1, 0, 0, -1, -1, -1, count)
    body = head + payload
    return struct.pack(">qiibI", 0, 9 + len(body), -1, 2, calc_crc32c(body)) + body


def record(value: bytes, headers: bytes = b"", header_count: int = 0, offset: int = 0) -> bytes:
    """A record of magic 2, whose headers are these bytes."""
    body = bytearray(b"\0\0")
    for field in (offset, -1, len(value)):
        encode_varint_py(field, body.append)
    body += value
    encode_varint_py(header_count, body.append)
    body += headers
    length = bytearray()
    encode_varint_py(len(body), length.append)
    return bytes(length + body)


def payload(codec: int, *values: bytes) -> bytes:
    """The compressed records of a batch."""
    return batch(codec, values)[61:]


def with_window(power: int, content: bytes) -> bytes:
    """Compressed by zstd, for whoever has so much memory for a window."""
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=power)
    compressing = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return compressing.compress(content) + compressing.flush()


def legacy(magic: int, codec: int, values: Sequence[bytes]) -> bytes:
    """A message set of magic 0 or 1."""
    builder = _LegacyRecordBatchBuilderPy(magic, codec, 1 << 31)
    for offset, value in enumerate(values):
        builder.append(offset, 1_700_000_000_000, None, value)
    return bytes(builder.build())


def doubly_compressed() -> bytes:
    """A message set of magic 1 within another one."""
    inner = legacy(1, 1, [b"a"])
    value = gzip.compress(inner)
    body = struct.pack(">bbqi", 1, 1, 0, -1) + struct.pack(">i", len(value)) + value
    return struct.pack(">qiI", 0, 4 + len(body), crc32(body)) + body


def zstd(content: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(content))


def produce_batch(bootstrap: str, topic: str, partition: int, content: bytes) -> None:
    asyncio.run(_send(bootstrap, topic, partition, content))
