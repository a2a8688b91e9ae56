"""Values that are not kept whole."""

import hashlib
from typing import Final, Self

KEPT_WHOLE: Final = 10 * 1024 * 1024
"""Bytes up to which a value is kept exactly, to be looked at and copied: more would be a burden on every backup."""
FIRST_BYTES: Final = 1024
MAX_HEADERS: Final = 100
"""Headers that are kept of a record: a batch may hold nothing but headers."""
MAX_HEADER_BYTES: Final = 64 * 1024


class Cut(bytes):
    """The first bytes of a value that is too large to keep, or of a batch that cannot be read."""

    length: int
    """Of the whole."""
    sha256: bytes
    """Of the whole."""
    why: str

    @classmethod
    def of(cls, first: bytes, length: int, sha256: bytes, why: str) -> Self:
        """Make one, with what is known of the whole."""
        cut = cls(first[:FIRST_BYTES])
        cut.length, cut.sha256, cut.why = length, sha256, why
        return cut

    @classmethod
    def large(cls, value: bytes) -> Self:
        """Cut a value that is too large to keep."""
        return cls.of(value, len(value), hashlib.sha256(value).digest(), too_large(len(value)))


def too_large(length: int) -> str:
    """Say why a value of that length is not kept whole."""
    return f"{length} bytes are more than {KEPT_WHOLE}, so only the first {FIRST_BYTES} are kept"
