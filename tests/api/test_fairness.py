"""One account that asks for all it can, and the others."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from analytics_api.problems.errors import BusyError
from analytics_api.questions import sharing
from analytics_api.questions.sharing import ACCOUNT_QUEUE, TURNS, Begins, Shared, Turns
from tests.api.running import PATHS, RunningApi, token
from tests.api.world import Account
from tests.infra.database import Database

GREEDY = 10
ROUNDS = 40
SESSIONS = 20_000
NOISE = 0.05
"""Seconds by which a 95th percentile may rise whatever happens: an answer here takes a few milliseconds."""

MANY = """
insert into ai_sessions (id, account_id, problem_domain, status, confidence_tier, created_at, resolved_at)
select gen_random_uuid(), %s, 'Domain ' || n %% 60, 'resolved', 'guided', now() - n * interval '40 minutes',
  now() - n * interval '40 minutes' + interval '9 minutes'
from generate_series(1, %s) n
"""


async def test_an_account_that_asks_for_all_it_can_slows_the_others_little(
    api: RunningApi, module_database: Database, alpha: Account, bravo: Account
) -> None:
    with module_database.connect() as connection:
        connection.execute(MANY, [alpha.id, SESSIONS])
    module_database.wait_for_replica()
    alone = await times_of(api, bravo)
    async with asking_for_everything(api, alpha) as statuses:
        beside = await times_of(api, bravo)
        async with httpx.AsyncClient(base_url=api.url, timeout=5) as probe:
            for path in ("/health/live", "/health/ready", "/metrics"):
                assert (await probe.get(path)).status_code == 200
    # Before and after: what the machine does besides changes within the minute.
    alone += await times_of(api, bravo)
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) > 0
    p95_alone, p95_beside = (statistics.quantiles(times, n=20)[-1] for times in (alone, beside))
    assert p95_beside < 2 * p95_alone + NOISE, (p95_alone, p95_beside, len(statuses))


async def times_of(api: RunningApi, account: Account) -> list[float]:
    taken = []
    headers = {"Authorization": f"Bearer {token(account.admin)}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, timeout=30) as client:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            assert (await client.get(PATHS["coverage"])).status_code == 200
            taken.append(time.perf_counter() - begun)
    return taken


@asynccontextmanager
async def asking_for_everything(api: RunningApi, account: Account) -> AsyncIterator[list[int]]:
    """Ten clients, each with another long question again as soon as it is answered; gives their statuses."""
    statuses: list[int] = []
    today = datetime.now(UTC).date()
    headers = {"Authorization": f"Bearer {token(account.admin)}"}

    async def greedy(number: int) -> None:
        async with httpx.AsyncClient(base_url=api.url, headers=headers, timeout=30) as client:
            while True:
                response = await client.get(PATHS["overview"], params=long_period(today, number))
                statuses.append(response.status_code)
                if response.status_code == 503:
                    assert int(response.headers["retry-after"]) > 0

    tasks = [asyncio.create_task(greedy(number)) for number in range(GREEDY)]
    try:
        yield statuses
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def long_period(today: date, number: int) -> dict[str, str]:
    first = today - timedelta(days=399 - number)
    return {"from": str(first), "to": str(today), "compare": "previous"}


async def test_who_stands_in_line_too_long_or_finds_it_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "QUEUE_SECONDS", 0.05)
    turns, account, may_end = Turns(), UUID(int=1), asyncio.Event()

    async def ask() -> bool:
        async with turns.of(account) as waited:
            await may_end.wait()
            return waited

    under_way = [asyncio.create_task(ask()) for _ in range(TURNS)]
    in_line = [asyncio.create_task(ask()) for _ in range(ACCOUNT_QUEUE)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="too many"):
        await ask()
    for each in in_line:
        with pytest.raises(BusyError, match="too long"):
            await each
    async with turns.of(UUID(int=2)) as waited:
        assert not waited, "another account has turns of its own"
    may_end.set()
    assert [await each for each in under_way] == [False] * TURNS
    async with turns.of(account) as waited:
        assert not waited, "and all turns are back"


async def test_a_turn_goes_to_the_next_in_line_even_where_somebody_leaves_it() -> None:
    turns, account, may_end = Turns(), UUID(int=1), asyncio.Event()

    async def ask() -> bool:
        async with turns.of(account) as waited:
            await may_end.wait()
            return waited

    asked = [asyncio.create_task(ask()) for _ in range(TURNS + 3)]
    await asyncio.sleep(0)
    asked[TURNS].cancel()
    may_end.set()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert ended[:TURNS] == [False] * TURNS
    assert isinstance(ended[TURNS], asyncio.CancelledError)
    assert ended[TURNS + 1 :] == [True, True]


async def test_what_is_asked_together_is_executed_once_and_what_is_asked_later_again() -> None:
    shared: Shared[int] = Shared()
    executions = 0
    may_begin, has_begun, may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def execute(begins: Begins) -> int:
        nonlocal executions
        executions += 1
        number = executions
        await may_begin.wait()
        begins()
        has_begun.set()
        await may_end.wait()
        return number

    together = [asyncio.create_task(shared.ask("same", execute)) for _ in range(5)]
    await asyncio.sleep(0)
    together[0].cancel()
    may_begin.set()
    await has_begun.wait()
    later = asyncio.create_task(shared.ask("same", execute))
    for _ in range(3):
        await asyncio.sleep(0)
    assert executions == 1, "one at a time"
    may_end.set()
    ended = await asyncio.gather(*together, return_exceptions=True)
    assert isinstance(ended[0], asyncio.CancelledError)
    assert (ended[1:], await later) == ([1] * 4, 2)
