"""The present API against an earlier release's over HTTP: latency, requests a second, CPU of the API.

    python -m benchmarks.http_versions [--sessions 100000] [--release 0.1.0] [--seconds 2] [--connections 1,8,64]

Both processes run beside each other on one replica and are asked in turn, three times each, over kept connections that
ask again as soon as they are answered: the same 90 days of one account, then the same with the tag of the answer.
Prints a JSON line for each question, number of connections and kind of answer.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.http_latency import ADMIN, QUESTIONS, cpu_seconds, fill
from tests.api.running import PATHS, RunningApi, running_api, token
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import chosen_kind, servers
from tests.upgrade.releases import checked_out

TURNS = 3
NOT_MODIFIED = b"HTTP/1.1 304"
ANSWERS = (b"200", b"304")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--release", default="0.1.0")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", default="1,8,64")
    options = parser.parse_args()
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as database,
        TemporaryDirectory() as folder,
        ExitStack() as stack,
    ):
        fill(database, options.sessions, others=1)
        database.wait_for_replica()
        url = database.replica_dsn_for("flowpilot_api")
        places = {name: Path(folder) / name for name in ("code", options.release, "present")}
        for place in places.values():
            place.mkdir()
        code = checked_out(options.release, places["code"])
        apis = {
            options.release: stack.enter_context(running_api(places[options.release] / "log", url, code=code)),
            "present": stack.enter_context(running_api(places["present"] / "log", url)),
        }
        for connections in map(int, options.connections.split(",")):
            for name in QUESTIONS:
                for status in (200, 304):
                    line = compare(apis, f"{PATHS[name]}?period=90d", connections, options.seconds, status)
                    print(
                        json.dumps({"question": name, "connections": connections, "status": status, **line}), flush=True
                    )


def compare(
    apis: Mapping[str, RunningApi], target: str, connections: int, seconds: float, status: int
) -> dict[str, dict[str, float]]:
    """Measure each in turn; the first turn warms up."""
    times: dict[str, list[float]] = {name: [] for name in apis}
    took, cpu = dict.fromkeys(apis, 0.0), dict.fromkeys(apis, 0.0)
    for turn in range(TURNS + 1):
        for name, api in apis.items():
            tag = api.get(target, ADMIN).headers["etag"] if status == 304 else None
            used = cpu_seconds(api.process.pid)
            taken, lasted = asyncio.run(_load(api.url, target, connections, seconds if turn else 0.5, tag))
            if turn:
                times[name] += taken
                took[name] += lasted
                cpu[name] += cpu_seconds(api.process.pid) - used
    return {
        name: {
            "p50_ms": round(sorted(taken)[len(taken) // 2] * 1000, 1),
            "p99_ms": round(sorted(taken)[int(0.99 * (len(taken) - 1))] * 1000, 1),
            "per_second": round(len(taken) / took[name], 1),
            "api_cpu_ms": round(cpu[name] / len(taken) * 1000, 2),
        }
        for name, taken in times.items()
    }


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
