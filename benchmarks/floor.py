"""What a question costs in the process above its bare SQL: the API's own path against psycopg and msgspec alone.

    python -m benchmarks.floor [--sessions 100000] [--rounds 200] [--period 90d]

Both answer the same question of the same account over the same replica, in turn, in one process. The floor sends the
same texts with the same values (found, dumped and periods worked out beforehand) over one kept connection in one
pipeline, assembles the same answer and encodes it; ours is everything from the token to the encoded response, HTTP
apart: `anew`, with nothing remembered, and `remembered`, where nothing has changed. Prints a JSON line per question:
medians in milliseconds of wall time, of CPU, and the ratios.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import psycopg

from analytics_api.auth.principal import Principal, acting_for, entering_as
from analytics_api.auth.tokens import TokenVerifier
from analytics_api.database.conninfo import with_server_settings
from analytics_api.database.replica import Replica
from analytics_api.database.snapshot import compiled
from analytics_api.questions.answering import Answering
from analytics_api.questions.endpoints import ENDPOINTS, Asked, Endpoint
from analytics_api.questions.freshness import state_at
from analytics_api.questions.shown import Memory
from analytics_api.settings import Settings
from benchmarks.http_latency import ADMIN, BIG, QUESTIONS, fill
from shared_queries.periods.period import parse_period
from shared_queries.scope import Scope
from shared_queries.source import Source
from tests.api.running import SECRET, token
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

BEGIN = "begin isolation level repeatable read read only"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--period", default="90d")
    options = parser.parse_args()
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as database,
    ):
        fill(database, options.sessions, others=1)
        database.wait_for_replica()
        asyncio.run(compare(database.replica_dsn_for("flowpilot_api"), options.rounds, options.period))


async def compare(dsn: str, rounds: int, period: str) -> None:
    """Print a line for each question."""
    now = datetime.now(UTC)
    settings = Settings(database_url=dsn, jwt_secret=SECRET.encode())
    anew, remembering = (
        Answering(
            settings=settings,
            verifier=TokenVerifier(secret=settings.jwt_secret, keys={}),
            replica=Replica(dsn),
            clock=lambda: now,
            memory=memory,
        )
        for memory in (Memory(most_bytes=0), Memory())
    )
    bearer = [f"Bearer {token(ADMIN)}"]
    async with await psycopg.AsyncConnection.connect(
        with_server_settings(dsn), autocommit=True, prepare_threshold=None, cursor_factory=psycopg.AsyncRawCursor
    ) as connection:
        for endpoint in (each for each in ENDPOINTS if each.name in QUESTIONS):

            async def ours(answering: Answering, endpoint: Endpoint = endpoint) -> bytes:
                return (await answering.answer(endpoint, bearer, f"period={period}".encode())).body

            asked = {
                "floor": bare(connection, endpoint, now, period),
                "anew": partial(ours, anew),
                "remembered": partial(ours, remembering),
            }
            line = await alternate(asked, rounds)
            print(json.dumps({"question": endpoint.name, "period": period, **line}), flush=True)
    for answering in (anew, remembering):
        await answering.replica.close()


def bare(
    connection: psycopg.AsyncConnection[Any], endpoint: Endpoint, now: datetime, name: str
) -> Callable[[], Awaitable[bytes]]:
    """Make the floor."""
    period = parse_period(period=name, from_=None, to=None, tz="Europe/Berlin", now=now, default_tz=None)
    plan = endpoint.plan(Asked(Scope(BIG), ADMIN, period, {}, Source.ROLLUPS))
    principal = Principal(Scope(BIG), "team_admin", period.tz)
    state = state_at(now, of_people=endpoint.shows_people, is_plain=False)
    asked = [entering_as(ADMIN), acting_for(principal), state, *plan.asked]
    messages = [(compiled(each.select).text, compiled(each.select).parameters(each.values)) for each in asked]

    async def ask() -> bytes:
        cursors = [connection.cursor() for _ in messages]
        async with connection.pipeline():
            await connection.execute(BEGIN)
            for cursor, (text, parameters) in zip(cursors, messages, strict=True):
                await cursor.execute(text, parameters)
            await connection.execute("commit")
        rows = [await cursor.fetchall() for cursor in cursors]
        return msgspec.json.encode(plan.answer(rows[3:]))

    return ask


async def alternate(asked: Mapping[str, Callable[[], Awaitable[bytes]]], rounds: int) -> dict[str, float]:
    """Medians of each, in milliseconds, and in times of the floor."""
    wall: dict[str, list[float]] = {name: [] for name in asked}
    cpu: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(rounds + 10):
        for name, ask in asked.items():
            begun, used = time.perf_counter(), time.process_time()
            await ask()
            if turn >= 10:
                wall[name].append((time.perf_counter() - begun) * 1000)
                cpu[name].append((time.process_time() - used) * 1000)
    line: dict[str, float] = {}
    for kind, taken in (("wall", wall), ("cpu", cpu)):
        floor = statistics.median(taken["floor"])
        line |= {f"{kind}_{name}_ms": round(statistics.median(each), 2) for name, each in taken.items()}
        line |= {
            f"{kind}_{name}_ratio": round(statistics.median(each) / floor, 2)
            for name, each in taken.items()
            if name != "floor"
        }
    return line


if __name__ == "__main__":
    main()
