"""The consumer against other ways to write it: the same events into the same tables, one process each.

    python -m benchmarks.consumer_peers [--events 100000] [--slow-events 6000]

Starts servers as the tests do (TEST_INFRA). The others are in `benchmarks/peers/`: each begins where Kafka's committed
offsets are, and keeps ids in the inbox, in the transaction of the counter, as ours does. Prints a JSON line for each:
events a second from a backlog, CPU seconds per million events of its process, and how far its counts are off after a
`kill -9` in the midst of a second backlog. The slow ones get fewer events.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.consumer import backlog, fill
from deploy.topics import make_topics
from services.kafka import KafkaSettings
from tests.consumer.running import ROOT, begin_at_end, commit_to_kafka, consumer, expel
from tests.consumer.world import Tenant
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

FLOWS, SESSIONS = 2000, 100_000
PATIENCE_S = 90
SLOW = ("faststream_sqlalchemy", "confluent_rows")
CONTENDERS = ("ours", "confluent_batches", *SLOW)


def main() -> None:
    """Print a line for each contender."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--slow-events", type=int, default=6_000)
    arguments = parser.parse_args()
    with servers(chosen_kind()) as infra, template_database(infra) as template:
        make_topics(KafkaSettings(infra.kafka_bootstrap))
        for name in CONTENDERS:
            events = arguments.slow_events if name in SLOW else arguments.events
            with cloned_database(infra, template) as database:
                world = Tenant(database)
                fill(world, FLOWS, SESSIONS)
                begin_at_end(world, infra.kafka_bootstrap)
                commit_to_kafka(world, infra.kafka_bootstrap, back=0)
                line = {"consumer": name, **compare(world, infra.kafka_bootstrap, name, events)}
                world.close()
            print(json.dumps(line), flush=True)


def compare(world: Tenant, bootstrap: str, name: str, events: int) -> dict[str, float]:
    """Speed first, then correctness under a kill."""
    expected = backlog(world, bootstrap, events)
    with running(world, bootstrap, name) as pid:
        wait_for(world, 1)
        counted, began, cpu = count(world), time.monotonic(), cpu_of(pid)
        wait_for(world, expected)
        seconds, used = time.monotonic() - began, cpu_of(pid) - cpu
    share = (expected - counted) / expected
    expel(bootstrap, world.group)
    expected += backlog(world, bootstrap, events)
    with running(world, bootstrap, name):
        wait_for(world, expected - events // 2)
    expel(bootstrap, world.group)
    with running(world, bootstrap, name):
        wait_for(world, expected)
    return {
        "events_per_second": round(events * share / seconds),
        "cpu_seconds_per_million": round(used / (events * share) * 1e6, 1),
        "off_after_kill": count(world) - expected,
    }


@contextmanager
def running(world: Tenant, bootstrap: str, name: str) -> Iterator[int]:
    """Yield the process's id; it is killed at the end."""
    with tempfile.TemporaryDirectory() as folder:
        if name == "ours":
            with consumer(Path(folder), world, bootstrap) as ours:
                yield ours.process.pid
            return
        variables = {
            **os.environ,
            # The superuser, to be spared the grants.
            "DATABASE_URL": world.database.dsn,
            "BOOTSTRAP": bootstrap,
            "GROUP": world.group,
        }
        with (Path(folder) / "log").open("wb") as log:
            command = [sys.executable, "-m", f"benchmarks.peers.{name}"]
            process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        try:
            yield process.pid
        finally:
            process.kill()
            process.wait()


def wait_for(world: Tenant, wanted: int) -> None:
    """Return once so many are counted, or when nothing moves any more: then the count is off, and reported."""
    seen, moved_at = count(world), time.monotonic()
    while seen < wanted and time.monotonic() - moved_at < PATIENCE_S:
        time.sleep(0.01)
        if (now := count(world)) != seen:
            seen, moved_at = now, time.monotonic()


def count(world: Tenant) -> int:
    """Return what the counters say."""
    total: int = world.one("select coalesce(sum(usage_count), 0)::bigint from trees")
    return total


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
