"""A reader over pieces, which holds no more than one of them and what is asked for."""

import hashlib
from collections.abc import Iterator
from typing import Final

from psa_event_consumer.apply.cut import FIRST_BYTES, KEPT_WHOLE, Cut, too_large
from psa_event_consumer.kafka.reading.expansion import UnreadableError

_LONGEST_VARINT: Final = 10


class Pieces:
    """Bytes that come piece by piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = b""
        self._before = 0
        self._at = 0

    @property
    def position(self) -> int:
        """Tell how many bytes are read."""
        return self._before + self._at

    def varint(self) -> int:
        """Read a zigzag-encoded integer.

        Raises:
            UnreadableError: there is none.
        """
        value = 0
        for group in range(_LONGEST_VARINT):
            if self._at == len(self._piece):
                self._next()
            byte = self._piece[self._at]
            self._at += 1
            value |= (byte & 0x7F) << 7 * group
            if byte < 0x80:  # noqa: PLR2004  the highest bit says that more follows
                return (value >> 1) ^ -(value & 1)
        raise UnreadableError("an integer has no end")

    def field(self) -> bytes | None:
        """Read a field with its length before it; a `Cut` where it is too large to keep.

        Raises:
            UnreadableError: the bytes end before it does.
        """
        length = self.varint()
        if length < 0:
            return None
        return self.take(length) if length <= KEPT_WHOLE else self._skim(length)

    def take(self, length: int) -> bytes:
        """Read so many bytes.

        Raises:
            UnreadableError: there are not so many.
        """
        end = self._at + length
        if end <= len(self._piece):
            taken = self._piece[self._at : end]
            self._at = end
            return taken
        return b"".join(self._parts(length))

    def skip(self, length: int) -> None:
        """Pass over so many bytes.

        Raises:
            UnreadableError: there are not so many, or fewer than none.
        """
        if length < 0:
            raise UnreadableError("a record is longer than it says")
        for _ in self._parts(length):
            pass

    def _skim(self, length: int) -> Cut:
        first, digest = b"", hashlib.sha256()
        for part in self._parts(length):
            digest.update(part)
            if len(first) < FIRST_BYTES:
                first += part[:FIRST_BYTES]
        return Cut.of(first, length, digest.digest(), too_large(length))

    def _parts(self, length: int) -> Iterator[bytes]:
        while length:
            if self._at == len(self._piece):
                self._next()
            part = self._piece[self._at : self._at + length]
            self._at += len(part)
            length -= len(part)
            yield part

    def _next(self) -> None:
        self._before += len(self._piece)
        self._piece, self._at = b"", 0
        for piece in self._pieces:
            if piece:
                self._piece = piece
                return
        raise UnreadableError("the batch ends within a record")
