import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Self


class OneInBackground:
    """At most one piece of work beside the caller's own; its exception is raised where its end is awaited."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Start work; the one before has ended."""
        self._task = asyncio.create_task(work)

    async def end(self) -> None:
        """Wait for the work that runs, if any."""
        task, self._task = self._task, None
        if task is not None:
            await task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets the work end; when the caller failed, that is the failure to tell."""
        if error is None:
            await self.end()
        elif self._task is not None:
            await asyncio.wait({self._task})
            if not self._task.cancelled():
                self._task.exception()
