import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared_queries.errors import ParameterError

_LAYOUT = struct.Struct(">qq16s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class CursorError(ParameterError):
    """`cursor` is not one that an answer gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page of sessions ended, and the instant that counts as now on every page of the list."""

    now: datetime
    created_at: datetime
    session_id: UUID

    def encode(self) -> str:
        """Letters, digits, `-` and `_` only."""
        packed = _LAYOUT.pack(_to_microseconds(self.now), _to_microseconds(self.created_at), self.session_id.bytes)
        return urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, *, now: datetime) -> "Cursor":
        """Return the cursor of an earlier answer; `now` is the clock's, which the cursor's can not have passed.

        Raises:
            CursorError: no one was given such a cursor.
        """
        try:
            packed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            moment, created_at, session_id = _LAYOUT.unpack(packed)
            cursor = cls(
                now=_EPOCH + moment * _MICROSECOND,
                created_at=_EPOCH + created_at * _MICROSECOND,
                session_id=UUID(bytes=session_id),
            )
        except (Base64Error, UnicodeEncodeError, struct.error, OverflowError):
            raise CursorError("cursor", "not the next_cursor of an earlier answer") from None
        if cursor.now > now or cursor.encode() != text:
            raise CursorError("cursor", "not the next_cursor of an earlier answer")
        return cursor


def _to_microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND
