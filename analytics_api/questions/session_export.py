"""A whole list of sessions as CSV: read and sent stretch by stretch, from one snapshot."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from datetime import datetime

from analytics_api.auth.principal import Principal, acting_for
from analytics_api.database.replica import Replica, Snapshot
from analytics_api.problems.errors import BadParameterError, BusyError
from analytics_api.questions.csv_export import Table
from analytics_api.questions.freshness import AS_OF, as_of_in
from shared_queries.periods.period import Period
from shared_queries.questions.drill_down import SessionItem, counting, stretch
from shared_queries.questions.session_filter import SessionFilter

MAX_SESSIONS = 100_000
STRETCH = 1_000
MAX_EXPORTS = 3
"""At once: each holds a connection for as long as its client reads."""


@dataclass(frozen=True, slots=True)
class Export:
    """An answer that is sent while it is read."""

    chunks: AsyncIterator[bytes]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exports:
    """Opens exports, a few at a time."""

    replica: Replica
    limit: int = MAX_SESSIONS
    _running: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_EXPORTS))

    async def open(
        self, principal: Principal, period: Period, chosen: SessionFilter
    ) -> tuple[AsyncIterator[bytes], datetime | None]:
        """Return the CSV's pieces and up to when all is in them.

        Raises:
            BadParameterError: the list is too long.
            BusyError: others are being read.
        """
        if self._running.locked():
            raise BusyError("other lists are being written; ask again")
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._running)
            snapshot = await stack.enter_async_context(self.replica.hold())
            count = counting(principal.scope, period, chosen)
            _, ((number,),), as_of = await snapshot.run(acting_for(principal), count, AS_OF)
            if number > self.limit:
                raise BadParameterError(
                    "format",
                    f"the list has {number} sessions",
                    allowed=f"csv of at most {self.limit}: narrow the list",
                )
            pieces = _pieces(snapshot, principal, period, chosen, stack.pop_all())
            # Begun, so that it lets go of all it holds whenever it is dropped.
            first = await anext(pieces)
            return _chained(first, pieces), as_of_in(as_of)


async def _chained(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


async def _pieces(
    snapshot: Snapshot, principal: Principal, period: Period, chosen: SessionFilter, held: AsyncExitStack
) -> AsyncGenerator[bytes, None]:
    table = Table(SessionItem)
    async with held:
        yield table.header
        last: SessionItem | None = None
        while True:
            plan = stretch(principal.scope, period, chosen, last, STRETCH)
            items = plan.answer(await snapshot.run(*plan.asked))
            if items:
                yield table.lines(items)
            if len(items) < STRETCH:
                return
            last = items[-1]
