"""The present API against an earlier release's over HTTP: latency, requests a second, CPU of the API.

    python -m benchmarks.http_versions [--sessions 100000] [--release 0.1.0] [--seconds 2] [--connections 1,8,64]
      [--deltas 20000]

Each has a database of its own release, with the same rows and full rollups, on one replica. The processes run beside
each other and are asked in turn, three times each, over kept connections that ask again as soon as they are answered
for the same 90 days of one account: `changing`, while a flow of the account changes every few milliseconds, so that
what was answered before helps no one; `unchanged`; and `not modified`, with the tag of the answer. Prints a JSON line
for each question, number of connections and kind: times, requests a second, and milliseconds of CPU for one of them, of
the API and of the replica's backends.
"""

import argparse
import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.http_latency import ADMIN, BIG, QUESTIONS, cpu_seconds, fill
from benchmarks.read_path_data import add_deltas
from benchmarks.released import migrate, released_database
from tests.api.running import PATHS, RunningApi, running_api, token
from tests.infra.database import Database, cloned_database, template_database
from tests.infra.servers import chosen_kind, servers
from tests.upgrade.releases import checked_out

READER = "flowpilot_api"
TURNS = 3
KINDS = ("changing", "unchanged", "not modified")
CHANGE_SECONDS = 0.003
NOT_MODIFIED = b"HTTP/1.1 304"
ANSWERS = (b"200", b"304")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--release", default="0.1.0")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", default="1,8,64")
    parser.add_argument("--deltas", type=int, default=0, help="left pending in the present database")
    options = parser.parse_args()
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as present,
        TemporaryDirectory() as folder,
        ExitStack() as stack,
    ):
        places = {name: Path(folder) / name for name in ("code", options.release, "present")}
        for place in places.values():
            place.mkdir()
        code = checked_out(options.release, places["code"])
        released = stack.enter_context(released_database(infra, code))
        fill(present, options.sessions, others=1)
        fill(released, options.sessions, others=1, count=partial(migrate, code=code, command="refill"))
        if options.deltas:
            add_deltas(present, options.deltas)
        present.wait_for_replica()
        sides = {
            options.release: Side(
                stack.enter_context(
                    running_api(places[options.release] / "log", released.replica_dsn_for(READER), code=code)
                ),
                released,
            ),
            "present": Side(
                stack.enter_context(running_api(places["present"] / "log", present.replica_dsn_for(READER))), present
            ),
        }
        for connections in map(int, options.connections.split(",")):
            for name in QUESTIONS:
                for kind in KINDS:
                    with ExitStack() as changing:
                        if kind == "changing":
                            for side in sides.values():
                                changing.enter_context(changes(side.database))
                        line = compare(sides, f"{PATHS[name]}?period=90d", connections, options.seconds, kind)
                    print(json.dumps({"question": name, "connections": connections, "kind": kind, **line}), flush=True)


@dataclass(frozen=True)
class Side:
    """A release's process on a database of that release."""

    api: RunningApi
    database: Database


def compare(
    sides: Mapping[str, Side], target: str, connections: int, seconds: float, kind: str
) -> dict[str, dict[str, float]]:
    """Measure each in turn; the first turn warms up."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    took, cpu, backends = (dict.fromkeys(sides, 0.0) for _ in range(3))
    for turn in range(TURNS + 1):
        for name, side in sides.items():
            api, database = side.api, side.database
            tag = api.get(target, ADMIN).headers["etag"] if kind == "not modified" else None
            used, worked = cpu_seconds(api.process.pid), backend_seconds(database)
            taken, lasted = asyncio.run(_load(api.url, target, connections, seconds if turn else 0.5, tag))
            if turn:
                times[name] += taken
                took[name] += lasted
                cpu[name] += cpu_seconds(api.process.pid) - used
                backends[name] += backend_seconds(database) - worked
    return {
        name: {
            "p50_ms": round(sorted(taken)[len(taken) // 2] * 1000, 1),
            "p99_ms": round(sorted(taken)[int(0.99 * (len(taken) - 1))] * 1000, 1),
            "per_second": round(len(taken) / took[name], 1),
            "api_cpu_ms": round(cpu[name] / len(taken) * 1000, 2),
            "database_cpu_ms": round(backends[name] / len(taken) * 1000, 2),
        }
        for name, taken in times.items()
    }


@contextmanager
def changes(database: Database) -> Iterator[None]:
    """Change a flow of the account over and over."""
    stop = threading.Event()

    def go_on() -> None:
        with database.connect() as connection:
            while not stop.wait(CHANGE_SECONDS):
                connection.execute(
                    "update trees set usage_count = usage_count + 1"
                    " where id = (select id from trees where account_id = %s order by id limit 1)",
                    [BIG],
                )

    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(go_on)
        try:
            yield
        finally:
            stop.set()
        going.result()


def backend_seconds(database: Database) -> float:
    """Return the CPU time that the replica's backends of the API have used so far."""
    with psycopg.connect(database.replica_dsn) as connection:
        found = connection.execute(
            "select pid from pg_stat_activity where usename = %s and datname = current_database()", [READER]
        ).fetchall()
    return sum(cpu_seconds(pid) for (pid,) in found)


async def _load(url: str, target: str, connections: int, seconds: float, tag: str | None) -> tuple[list[float], float]:
    """Measure the time of each answer, and of all of them."""
    host, port = url.removeprefix("http://").split(":")
    condition = f"If-None-Match: {tag}\r\n" if tag else ""
    head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token(ADMIN)}\r\n{condition}\r\n".encode()
    times: list[float] = []
    refused: list[str] = []
    end = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**20)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(NOT_MODIFIED):
                await reader.readexactly(int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            if answer[9:12] in ANSWERS:
                times.append(time.perf_counter() - begun)
            else:
                refused.append(answer[9:12].decode())
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    if refused:
        print(json.dumps({"refused": Counter(refused), "by": url}), flush=True)
    return times, time.perf_counter() - begun


if __name__ == "__main__":
    main()
