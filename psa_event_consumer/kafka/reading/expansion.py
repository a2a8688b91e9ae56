"""Kafka's codecs, each as a stream of bounded pieces, and how much of it one fetch may expand and hold."""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import cramjam
import zstandard

MAX_HELD: Final = 16 * 1024 * 1024
MAX_EXPANDED: Final = 512 * 1024 * 1024
"""A second's work; also what one batch may expand to before the rest of it is given up."""
FAST_BYTES: Final = 2 * 1024 * 1024
"""What aiokafka's fast parser takes whole: a million headers are a hundred times larger as objects than as bytes."""
PIECE: Final = 256 * 1024
"""Bytes of a piece where the codec lets us choose."""
MAX_PIECE: Final = 4 * 1024 * 1024
"""What each partition may hold while it waits for its next turn in the midst of a batch: all of them may at once."""
_OBJECT_BYTES: Final = 100
"""Of a header beside its name and value, which may be empty."""
_ZSTD_WINDOW: Final = 1 << 27
"""What the highest level of Kafka's own producer asks for; memory that a frame may claim by its header."""
_ZSTD_HELD_WINDOW: Final = 1 << 23
"""The same of a batch that is not expanded at once: as much as levels up to 19 ask for."""
_XERIAL: Final = b"\x82SNAPPY\0"
_XERIAL_HEADER: Final = 16
_LZ4_FRAME: Final = 0x184D2204
_LZ4_KIND: Final = 0b1110_0001  # version, independence of blocks, and whether there is a dictionary
_LZ4_INDEPENDENT: Final = 0b0110_0000
_LZ4_BLOCK_BYTES: Final = {4: 64 << 10, 5: 256 << 10, 6: 1 << 20, 7: 4 << 20}
_UINT = struct.Struct("<I")
_INT = struct.Struct(">i")


class UnreadableError(Exception):
    """The bytes are not what they claim to be."""


class Held(Protocol):
    """What costs memory in a record."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(slots=True)
class Budget:
    """Of the fetch under way: many small bombs must not do together what one large one may not."""

    held: int = 0
    expanded: int = 0

    def renew(self) -> None:
        """Begin a fetch."""
        self.held = self.expanded = 0

    def hold(self, record: "Held") -> None:
        """Count a record that the fetch hands over."""
        headers = sum(_OBJECT_BYTES + len(name) + len(value or b"") for name, value in record.headers)
        self.held += len(record.key or b"") + len(record.value or b"") + headers

    @property
    def is_spent(self) -> bool:
        """Whether the fetch has to hand over what it has."""
        return self.held >= MAX_HELD or self.expanded >= MAX_EXPANDED


BUDGET: Final = Budget()
"""aiokafka makes its readers by itself, and all run in one event loop."""


def expanded(codec: int, data: memoryview) -> Iterator[bytes]:
    """Yield a batch's content piece by piece, at the expense of the fetch's budget.

    No piece is longer than `MAX_PIECE`.

    Raises:
        UnreadableError: the codec is unknown, the data is not of its format, or it is more than one batch may be.
    """
    if codec not in _CODECS:
        raise UnreadableError(f"codec {codec} is unknown")
    size = 0
    try:
        for piece in _CODECS[codec](data):
            size += len(piece)
            BUDGET.expanded += len(piece)
            if size > MAX_EXPANDED:
                raise UnreadableError(f"the batch expands to more than {MAX_EXPANDED} bytes")
            yield piece
    except (zlib.error, zstandard.ZstdError, cramjam.DecompressionError, struct.error, MemoryError) as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from None


def _plain(data: memoryview) -> Iterator[bytes]:
    for start in range(0, len(data), PIECE):
        yield bytes(data[start : start + PIECE])


def _gzip(data: memoryview) -> Iterator[bytes]:
    member, rest = zlib.decompressobj(wbits=31), bytes(data)
    while not member.eof:
        piece = member.decompress(rest, PIECE)
        rest = member.unconsumed_tail
        if piece:
            yield piece
        elif not rest and not member.eof:
            raise UnreadableError("the gzip stream is cut off")
    _refuse_more(member.unused_data.lstrip(b"\0"))


def _refuse_more(rest: bytes | memoryview) -> None:
    """Kafka writes one stream; of a hundred thousand empty ones each would cost as much as a large one."""
    if rest:
        raise UnreadableError(f"{len(rest)} bytes follow the compressed stream")


def _snappy(data: memoryview) -> Iterator[bytes]:
    if bytes(data[: len(_XERIAL)]) != _XERIAL:
        yield _snappy_block(bytes(data))
        return
    position = _XERIAL_HEADER
    while position < len(data):
        (size,) = _INT.unpack_from(data, position)
        position += _INT.size
        if not 0 <= size <= len(data) - position:
            raise UnreadableError(f"a snappy block claims {size} bytes")
        yield _snappy_block(bytes(data[position : position + size]))
        position += size


def _snappy_block(block: bytes) -> bytes:
    claimed = cramjam.snappy.decompress_raw_len(block)
    if claimed > MAX_PIECE:
        raise UnreadableError(f"{len(block)} bytes of snappy claim to be {claimed}")
    return bytes(cramjam.snappy.decompress_raw(block))


def _lz4(data: memoryview) -> Iterator[bytes]:
    """Kafka's frame: independent blocks, and in old formats a checksum of the header that no one should test."""
    (magic,) = _UINT.unpack_from(data)
    flags, descriptor = data[4], data[5]
    if magic != _LZ4_FRAME or flags & _LZ4_KIND != _LZ4_INDEPENDENT:
        raise UnreadableError("no lz4 frame of blocks that do not depend on each other, or on a dictionary")
    block_checksums, has_size, has_checksum = flags & 16, flags & 8, flags & 4
    output = bytearray(_LZ4_BLOCK_BYTES.get(descriptor >> 4 & 7, 0))
    position = 7 + (8 if has_size else 0)
    while True:
        (size,) = _UINT.unpack_from(data, position)
        position += _UINT.size
        if size == 0:
            break
        stored, size = size >> 31, size & 0x7FFFFFFF
        if size > min(len(output), len(data) - position):
            raise UnreadableError(f"an lz4 block claims {size} bytes")
        block = bytes(data[position : position + size])
        position += size + (4 if block_checksums else 0)
        yield block if stored else bytes(memoryview(output)[: cramjam.lz4.decompress_block_into(block, output)])
    _refuse_more(data[position + (4 if has_checksum else 0) :])


def _zstd(data: memoryview) -> Iterator[bytes]:
    first, size = [], 0
    for piece in _zstd_pieces(data, _ZSTD_WINDOW):
        first.append(piece)
        size += len(piece)
        if size > FAST_BYTES:
            break
    else:
        yield from first
        return
    yield from _zstd_pieces(data, _ZSTD_HELD_WINDOW)


def _zstd_pieces(data: memoryview, window: int) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=window)
    with decompressor.stream_reader(data, read_across_frames=True) as reader:
        while piece := reader.read(PIECE):
            yield piece


_CODECS: Final[Mapping[int, Callable[[memoryview], Iterator[bytes]]]] = {
    0: _plain,
    1: _gzip,
    2: _snappy,
    3: _lz4,
    4: _zstd,
}
