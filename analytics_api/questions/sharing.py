"""Who may use the database now: a few questions of an account at once, and one execution for all that ask the same."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar
from uuid import UUID

from analytics_api.problems.errors import BusyError

T = TypeVar("T")
Begins = Callable[[], bool]
"""Says that no one may join any more; tells whether time has passed since the first one asked."""

TURNS = 2
"""Questions that the database answers at once for an account that asks alone; where others ask, each has its share."""
RECENT_SECONDS = 1.0
"""How long an account that has asked counts as asking: between two requests of a page it still does."""
ACCOUNT_QUEUE = 16
"""Different questions of one account that may wait."""
QUEUE_SECONDS = 5.0


class Turns:
    """Lets each account have a few turns at a time; the rest wait in line, and not forever."""

    def __init__(self) -> None:
        self._taken: Counter[UUID] = Counter()
        self._lines: dict[UUID, deque[asyncio.Future[None]]] = {}
        self._asked: dict[UUID, float] = {}
        """When each account asked last, the latest at the end."""

    @asynccontextmanager
    async def of(self, account: UUID) -> AsyncIterator[bool]:
        """Have a turn; tells whether it had to be waited for. Raises `BusyError` where the line is too long."""
        waited = self._taken[account] >= self.share_of(account)
        if waited:
            await self._wait(account)
        else:
            self._taken[account] += 1
        try:
            yield waited
        finally:
            self._pass_on(account)

    async def _wait(self, account: UUID) -> None:
        line = self._lines.setdefault(account, deque())
        if len(line) >= ACCOUNT_QUEUE:
            raise BusyError("too many questions of this account are waiting; ask again")
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await asyncio.wait_for(place, QUEUE_SECONDS)
        except BaseException as error:
            if place.done() and not place.cancelled():
                # Given up in the moment in which the turn came.
                self._pass_on(account)
            if isinstance(error, TimeoutError):
                raise BusyError("the questions of this account take too long; ask again") from None
            raise
        finally:
            line.remove(place)
            if not line:
                self._lines.pop(account, None)

    def share_of(self, account: UUID) -> int:
        """Return how many turns an account that asks now may have; it counts as asking, though it may need none."""
        now = asyncio.get_running_loop().time()
        self._asked.pop(account, None)
        self._asked[account] = now
        while (first := next(iter(self._asked))) != account and now - self._asked[first] > RECENT_SECONDS:
            del self._asked[first]
        return max(1, TURNS // len(self._asked))

    def _pass_on(self, account: UUID) -> None:
        """Give the turn to the next in line, where the account has no more than its share, or back."""
        self._taken[account] -= 1
        share = max(1, TURNS // max(1, len(self._asked)))
        for place in self._lines.get(account, ()):
            if self._taken[account] >= share:
                break
            if not place.done():
                self._taken[account] += 1
                place.set_result(None)
        if not self._taken[account]:
            del self._taken[account]


class Shared(Generic[T]):
    """One execution at a time for all that ask for the same, and the next one for those who come meanwhile.

    None of them gets what was read before it asked, so no one sees less than without sharing.
    """

    def __init__(self) -> None:
        self._awaited: dict[Hashable, asyncio.Task[T]] = {}
        self._under_way: dict[Hashable, asyncio.Task[T]] = {}

    async def ask(self, key: Hashable, execute: Callable[[Begins], Awaitable[T]]) -> T:
        """Return what `execute` gives, which calls what it is handed when it begins to read."""
        task = self._awaited.get(key)
        if task is None:
            task = asyncio.create_task(self._execute(key, execute))
            self._awaited[key] = task
            # No one may be left to take its error: all clients can have gone.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(task)

    async def _execute(self, key: Hashable, execute: Callable[[Begins], Awaitable[T]]) -> T:
        task = self._awaited[key]
        if (before := self._under_way.get(key)) is not None:
            await asyncio.wait({before})
        self._under_way[key] = task

        def begins() -> bool:
            if self._awaited.get(key) is task:
                del self._awaited[key]
            return before is not None

        try:
            return await execute(begins)
        finally:
            begins()
            if self._under_way.get(key) is task:
                del self._under_way[key]
