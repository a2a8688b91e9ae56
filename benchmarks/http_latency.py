"""How long the API takes over HTTP: 90 days of an account of 100,000 sessions; and its requests a second.

    python -m benchmarks.http_latency [--sessions 100000] [--rounds 40] [--seconds 5]

Starts servers as the tests do (TEST_INFRA) and the product's own process, and asks it over one kept connection, from
facts and from rollups. Prints a JSON line per question and source, then one per framework with the requests a second
of eight connections: Litestar as delivered, and the same questions behind FastAPI.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import httpx
import psutil
from sqlalchemy import create_engine, text

from benchmarks.facts_latency import BIG, FILL
from deploy.embedded.roles import OWNER
from deploy.migrations.connection import Target
from deploy.migrations.filling import fill as fill_rollups
from tests.api.running import PATHS, RunningApi, environment, running_api, token
from tests.api.world import beat
from tests.infra.database import Database, cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

ADMIN = UUID(int=99)
CONNECTIONS = 8
QUESTIONS = ("overview", "coverage", "flow-quality", "psa")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--others", type=int, default=1, help="accounts of the same size beside it")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as database,
        TemporaryDirectory() as folder,
    ):
        fill(database, options.sessions, options.others)
        url = database.replica_dsn_for("flowpilot_api")
        for source in ("facts", "rollups"):
            with running_api(Path(folder) / source, url, ANALYTICS_READ_PATH=source, LOG_LEVEL="WARNING") as api:
                for name in QUESTIONS:
                    print(json.dumps({"source": source, **latency(api, name, options.rounds)}), flush=True)
                if source == "rollups":
                    report_throughput("litestar", api.url, api.process.pid, options.seconds)
        with fastapi(environment(url, ANALYTICS_READ_PATH="rollups")) as (address, pid):
            report_throughput("fastapi", address, pid, options.seconds)


def fill(database: Database, sessions: int, others: int, count: Callable[[Database], None] | None = None) -> None:
    """One big account with a user, others beside it, counted into the rollups, and a heartbeat."""
    engine = create_engine(database.dsn.replace("postgresql://", "postgresql+psycopg://", 1))
    values = {"accounts": others + 1, "sessions": sessions, "now": datetime.now(UTC)}
    with engine.begin() as connection:
        # In one go instead of row by row through the triggers: the rollups are filled afterwards.
        connection.execute(text("set local session_replication_role = replica"))
        for statement in FILL.split(";\n"):
            if statement.strip():
                connection.execute(text(statement), values)
        # What lies ahead becomes past while we measure: such an account is never unchanged.
        connection.execute(
            text("update psa_activity_log set created_at = cast(:now as timestamptz) where created_at > :now"), values
        )
        connection.execute(
            text("insert into users values (:user, :account, 'x@example.com', 'team_admin', true)"),
            {"user": ADMIN, "account": BIG},
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        (count or count_again)(database)
        connection.execute(text("vacuum analyze"))
    engine.dispose()
    beat(database)


def count_again(database: Database) -> None:
    """Fill the rollups as `deploy.migrations refill` does."""
    fill_rollups(Target(database.dsn_for(OWNER)), lock_timeout="60s", again=True)


def latency(api: RunningApi, name: str, rounds: int) -> dict[str, object]:
    """Time of one question; the first three rounds warm up and are left out."""
    headers = {"Authorization": f"Bearer {token(ADMIN)}"}
    times, size, cpu = [], 0, 0.0
    for turn in range(rounds + 3):
        if turn == 3:
            cpu = cpu_seconds(api.process.pid)
        begun = time.perf_counter()
        response = api.client.get(PATHS[name], params={"period": "90d"}, headers=headers)
        times.append(time.perf_counter() - begun)
        assert response.status_code == 200, response.text
        size = len(response.content)
    warm = sorted(times[3:])
    return {
        "question": name,
        "median_ms": round(statistics.median(warm) * 1000, 1),
        "p95_ms": round(warm[int(0.95 * (len(warm) - 1))] * 1000, 1),
        # Of the API's process alone, which tells more than the clock does on a machine that others use as well.
        "api_cpu_ms": round((cpu_seconds(api.process.pid) - cpu) / rounds * 1000, 1),
        "bytes": size,
    }


def cpu_seconds(pid: int) -> float:
    """Return what the process has used so far."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def report_throughput(framework: str, url: str, pid: int, seconds: float) -> None:
    """Print the requests a second of each address, and the process's CPU milliseconds for one."""
    line: dict[str, object] = {"framework": framework, "connections": CONNECTIONS}
    for name, path in {"live": "/health/live", **PATHS}.items():
        if name != "sessions":
            query = "" if name == "live" else "?period=90d"
            cpu = cpu_seconds(pid)
            answered, took = asyncio.run(_load(url, path + query, seconds))
            line[f"{name}_per_second"] = round(answered / took)
            line[f"{name}_cpu_ms"] = round((cpu_seconds(pid) - cpu) / answered * 1000, 2)
    print(json.dumps(line), flush=True)


async def _load(url: str, target: str, seconds: float) -> tuple[int, float]:
    """Request answered and the time it took: kept connections, each asking again as soon as it is answered."""
    host, port = url.removeprefix("http://").split(":")
    request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token(ADMIN)}\r\n\r\n".encode()
    end = time.perf_counter() + seconds

    async def client() -> int:
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**20)
        answered = 0
        while time.perf_counter() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            answered += 1
        writer.close()
        return answered

    begun = time.perf_counter()
    answered = sum(await asyncio.gather(*(client() for _ in range(CONNECTIONS))))
    return answered, time.perf_counter() - begun


@contextmanager
def fastapi(env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Yield the comparison's address and process id."""
    env = {name: value for name, value in env.items() if name != "PYTHONWARNINGS"}
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.fastapi_app"], env=env)
    address = f"http://127.0.0.1:{env['API_PORT']}"
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None
            assert time.monotonic() < deadline
            try:
                httpx.get(f"{address}/health/live")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                break
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()
