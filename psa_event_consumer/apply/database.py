"""How we speak with the primary: connections and transactions under our limits, its clock, arrays in its own format.

Arrays are PostgreSQL's binary ones: psycopg's own adaptation of lists costs more than the rest of the batch in Python;
array literals as text are quick to make, but cost the server as much again to read as all the rest of the statement,
and are read twice, since the planner wants to know how many rows there will be.
"""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor, AsyncTransaction, Connection, OperationalError
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

from services.postgres import PRIMARY, parameters, set_local

# A wait for a lock ends before PostgreSQL looks for a deadlock on behalf of the main application (after
# deadlock_timeout, 1 s), so that in a deadlock we are the one that gives way.
_LIMITS = set_local(
    lock_timeout="500ms",
    statement_timeout="30s",
    idle_in_transaction_session_timeout="60s",
    jit="off",
    # A role or a database may have set them otherwise.
    row_security="on",
    timezone="UTC",
    datestyle="ISO",
    extra_float_digits="1",
)
# We look for deadlocks early where we may: GRANT SET ON PARAMETER deadlock_timeout TO our role, from PostgreSQL 15 on.
_LOOK_EARLY = """
    select set_config('deadlock_timeout', '100ms', true) where has_parameter_privilege('deadlock_timeout', 'SET')
"""
_ANSWER_SECONDS = 60.0

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


@asynccontextmanager
async def patiently() -> AsyncIterator[None]:
    """Bound work on a connection by our own clock.

    A server that hangs keeps its sockets alive and ends no statement: without this, the consumer would wait for it
    beyond any failover.

    Raises:
        psycopg.OperationalError: it took longer than any of the server's own limits allows.
    """
    try:
        async with asyncio.timeout(_ANSWER_SECONDS) as limit:
            yield
    except TimeoutError:
        if limit.expired():
            raise OperationalError(f"the server has not answered for {_ANSWER_SECONDS:g} s") from None
        raise


class _BinaryCursor(AsyncCursor[Any]):
    """Takes results in binary, whose form no setting of a role or a database changes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  psycopg's own
        super().__init__(*arguments, **options)
        self.format = Format.BINARY


async def connect(url: str, *, application_name: str = "psa_event_consumer") -> AsyncConnection:
    """Return a connection in autocommit mode: transactions are written out where they are meant.

    Nothing of it lasts beyond a transaction, neither settings nor prepared statements: behind PgBouncer the next one
    may run in another session.

    Raises:
        psycopg.OperationalError: no host takes writes.
    """
    given = parameters(url, application_name=application_name, **PRIMARY)
    connection = await AsyncConnection.connect(**given, autocommit=True, prepare_threshold=None)
    connection.cursor_factory = _BinaryCursor
    register_arrays(connection)
    return connection


@asynccontextmanager
async def transaction(connection: AsyncConnection) -> AsyncIterator[AsyncTransaction]:
    """Run a transaction under our limits; one within another is a plain `connection.transaction()`."""
    async with connection.transaction() as begun:
        async with connection.cursor() as cursor:
            await cursor.execute(
                f"{_LIMITS}; {_LOOK_EARLY}", binary=False
            )  # several statements at once are sent as text
        yield begun


@dataclass(frozen=True, slots=True)
class Clock:
    """The time by the database's clock: a process's own may be wrong, and would bury good events as from the future.

    It is what the database said when it was asked, and goes on from there: no step of the machine's clock moves it.
    """

    said: datetime
    at: float
    """By the monotonic clock."""

    @classmethod
    async def of(cls, connection: AsyncConnection) -> Self:
        """Ask the database."""
        row = await (await connection.execute("select clock_timestamp()")).fetchone()
        assert row is not None  # noqa: S101  a select without from has one row
        return cls(row[0], time.monotonic())

    def now(self) -> datetime:
        """Return the time."""
        return self.said + timedelta(seconds=time.monotonic() - self.at)


class ByteaArray(bytes):
    """`bytea[]`."""


class UuidArray(bytes):
    """`uuid[]`."""


class TimestamptzArray(bytes):
    """`timestamptz[]`."""


def bytea_array(items: Sequence[bytes | None]) -> ByteaArray:
    """Encode an array that may hold nulls; written out as text it would be more than twice as long."""
    parts = [_header(_BYTEA, len(items), has_nulls=1)]
    for item in items:
        parts += [_NULL] if item is None else [_SIZE.pack(len(item)), item]
    return ByteaArray(b"".join(parts))


def uuid_array(items: Sequence[UUID]) -> UuidArray:
    """Encode an array without nulls."""
    # The separator is the size of the next element, and the first element has one too.
    return UuidArray(_header(_UUID, len(items)) + _SIZE_OF_UUID.join([b"", *[item.bytes for item in items]]))


def timestamptz_array(items: Sequence[datetime]) -> TimestamptzArray:
    """Encode an array of instants, to the microsecond, without nulls."""
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


def register_arrays(connection: Connection | AsyncConnection) -> None:
    """Let a connection take them as parameters."""
    connection.adapters.register_dumper(ByteaArray, _ByteaArrayDumper)
    connection.adapters.register_dumper(UuidArray, _UuidArrayDumper)
    connection.adapters.register_dumper(TimestamptzArray, _TimestamptzArrayDumper)
