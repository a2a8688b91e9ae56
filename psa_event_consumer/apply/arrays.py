"""Arrays in PostgreSQL's binary format, for the hot statement.

psycopg's own adaptation of lists costs more than the rest of the batch in Python; array literals as text are quick to
make, but cost the server as much again to read as all the rest of the statement, and are read twice, since the planner
wants to know how many rows there will be.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import AsyncConnection, Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_BYTEA, _BYTEA_ARRAY = 17, 1001
_UUID, _UUID_ARRAY = 2950, 2951
_TIMESTAMPTZ, _TIMESTAMPTZ_ARRAY = 1184, 1185
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEADER = struct.Struct("!iiIii")
_SIZE = struct.Struct("!i")
_NULL = _SIZE.pack(-1)
_SIZE_OF_UUID = struct.pack("!i", 16)
_INSTANT = struct.Struct("!iq")


class ByteaArray(bytes):
    """`bytea[]`."""


class UuidArray(bytes):
    """`uuid[]`."""


class TimestamptzArray(bytes):
    """`timestamptz[]`."""


def bytea_array(items: Sequence[bytes | None]) -> ByteaArray:
    """Encode one-dimensional, with nulls: as text, each byte would take two and more."""
    parts = [_header(_BYTEA, len(items), has_nulls=1)]
    for item in items:
        parts += [_NULL] if item is None else [_SIZE.pack(len(item)), item]
    return ByteaArray(b"".join(parts))


def uuid_array(items: Sequence[UUID]) -> UuidArray:
    """Encode one-dimensional, without nulls."""
    # The separator is the size of the next element, and the first element has one too.
    return UuidArray(_header(_UUID, len(items)) + _SIZE_OF_UUID.join([b"", *[item.bytes for item in items]]))


def timestamptz_array(items: Sequence[datetime]) -> TimestamptzArray:
    """Encode one-dimensional, without nulls; instants to the microsecond."""
    instants: Iterable[bytes] = [_INSTANT.pack(8, (item - _EPOCH) // _MICROSECOND) for item in items]
    return TimestamptzArray(_header(_TIMESTAMPTZ, len(items)) + b"".join(instants))


def _header(element: int, length: int, *, has_nulls: int = 0) -> bytes:
    dimensions, lower_bound = 1, 1
    return _HEADER.pack(dimensions, has_nulls, element, length, lower_bound)


class _Encoded(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> Buffer:
        return obj


class _ByteaArrayDumper(_Encoded):
    oid = _BYTEA_ARRAY


class _UuidArrayDumper(_Encoded):
    oid = _UUID_ARRAY


class _TimestamptzArrayDumper(_Encoded):
    oid = _TIMESTAMPTZ_ARRAY


def register(connection: Connection | AsyncConnection) -> None:
    """Lets a connection take them as parameters."""
    connection.adapters.register_dumper(ByteaArray, _ByteaArrayDumper)
    connection.adapters.register_dumper(UuidArray, _UuidArrayDumper)
    connection.adapters.register_dumper(TimestamptzArray, _TimestamptzArrayDumper)
