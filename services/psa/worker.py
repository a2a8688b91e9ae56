"""The loop: claim what there is room for, carry it out beside the rest, claim again."""

import asyncio
import time
from typing import Final

import structlog

from services.backoff import Backoff
from services.psa import metrics
from services.psa.carry_out import CarryOut
from services.psa.ledger import Claim, Ledger

_MEASURE_SECONDS: Final = 5

log = structlog.get_logger(__name__)


class Worker:
    """Carries out intents until it is told to stop; outlives whatever happens to PostgreSQL and the PSAs."""

    def __init__(
        self, ledger: Ledger, carry_out: CarryOut, *, concurrency: int, account_concurrency: int, poll_seconds: float
    ) -> None:
        self._ledger = ledger
        self._carry_out = carry_out
        self._concurrency = concurrency
        self._account_concurrency = account_concurrency
        self._poll_seconds = poll_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._measured_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Return once `stop` is set; what was begun goes on, see `finish`."""
        backoff = Backoff(first=0.2, longest=5)
        while not stop.is_set():
            try:
                claimed = await self._claim()
                await self._measure()
                pause = 0.0 if claimed else self._poll_seconds
                backoff.reset()
            except Exception as error:  # noqa: BLE001  nothing but SIGTERM ends a worker; a restart would mend no outage
                pause = backoff.next()
                metrics.FAILURES.labels(type(error).__name__).inc()
                log.warning(
                    "push_worker_waits", error=f"{type(error).__name__}: {error}".strip(), seconds=round(pause, 2)
                )
            await self._wait(pause, stop)

    async def _claim(self) -> bool:
        room = self._concurrency - len(self._tasks)
        # Before the leases begin: however long this process is suspended, it sends nothing after they have ended.
        began = asyncio.get_running_loop().time()
        claims = await self._ledger.claim(room, self._account_concurrency) if room > 0 else []
        for claim in claims:
            task = asyncio.create_task(self._one(claim, began))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return bool(claims)

    async def _one(self, claim: Claim, began: float) -> None:
        try:
            await self._carry_out(claim, began)
        except Exception:
            # The outcome could not be recorded. The lease ends, and it is looked for.
            log.exception("outcome_lost", intent_id=str(claim.id))

    async def _wait(self, seconds: float, stop: asyncio.Event) -> None:
        """Until the pause is over, a task has ended (there is room, or an intent may follow it), or it is to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({stopping, *self._tasks}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at < _MEASURE_SECONDS:
            return
        self._measured_at = time.monotonic()
        for state, count, age in await self._ledger.backlog():
            metrics.INTENTS.labels(state).set(count)
            metrics.OLDEST.labels(state).set(age)

    async def finish(self, seconds: float) -> None:
        """Let what was begun end; what does not in time is recorded as unknown."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
