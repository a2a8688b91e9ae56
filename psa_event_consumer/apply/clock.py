"""The time by the database's clock: a process's own may be wrong, and would bury good events as from the future."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from psycopg import AsyncConnection


@dataclass(frozen=True, slots=True)
class Clock:
    """What the database said when it was asked, and goes on from there: no step of the machine's clock moves it."""

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
