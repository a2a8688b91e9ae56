"""Events per second that one consumer process applies from a backlog, on real Kafka and PostgreSQL.

    python -m benchmarks.consumer [--events 300000] [--rounds 3] [--flows 2000] [--sessions 100000]

Starts servers as the tests do (TEST_INFRA), fills a fresh database, produces flow-matched events of which one in ten
comes twice, and starts the product's own process on them. Prints a JSON line per round: events a second between the
first and the last commit, CPU seconds per million events of the consumer, PostgreSQL and Kafka, and where the
consumer's time goes. Every round's counts are checked.
"""

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from confluent_kafka import Producer

from deploy.topics import make_topics
from services.events import FLOW_MATCHED_TOPIC, FlowMatched, encode, uuid7
from services.kafka import KafkaSettings
from tests.consumer.running import begin_at_end, consumer, ends
from tests.consumer.world import Tenant
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

TIMEOUT = 300


def main() -> None:
    """Print a line per round and the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--flows", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=100_000)
    arguments = parser.parse_args()
    with servers(chosen_kind()) as infra, template_database(infra) as template:
        make_topics(KafkaSettings(infra.kafka_bootstrap))
        rates = []
        for _ in range(arguments.rounds):
            with cloned_database(infra, template) as database:
                world = Tenant(database)
                fill(world, arguments.flows, arguments.sessions)
                begin_at_end(world, infra.kafka_bootstrap)
                distinct = backlog(world, infra.kafka_bootstrap, arguments.events)
                line = measure(world, infra.kafka_bootstrap, arguments.events)
                counted = world.one("select sum(usage_count) from trees")
                assert counted == distinct, f"{counted} counted, {distinct} sent"
                world.close()
            rates.append(line["events_per_second"])
            print(json.dumps(line), flush=True)
        print(json.dumps({"median_events_per_second": statistics.median(rates)}))


def fill(world: Tenant, flows: int, sessions: int) -> None:
    """Flows and sessions for events to name."""
    world.run(
        "insert into trees (id, account_id, name) select gen_random_uuid(), %s, 'Flow ' || n"
        " from generate_series(1, %s) n",
        world.account,
        flows,
    )
    world.run(
        "insert into ai_sessions (id, account_id) select gen_random_uuid(), %s from generate_series(1, %s)",
        world.account,
        sessions,
    )
    world.run("vacuum analyze")


def backlog(world: Tenant, bootstrap: str, events: int) -> int:
    """Produce; returns how many distinct ids there are."""
    flows = [flow for (flow,) in world.run("select id from trees")]
    sessions = [session for (session,) in world.run("select id from ai_sessions")]
    # Some flows match far more often than others.
    weights = [1 / rank for rank in range(1, len(flows) + 1)]
    chosen = random.choices(flows, weights, k=events)
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
    value, distinct, flow = b"", 0, flows[0]
    for index in range(events):
        if index % 11 or not value:
            flow = chosen[index]
            event = FlowMatched(world.account, random.choice(sessions), flow, 0.82, id=uuid7())
            value = encode(event)
            distinct += 1
        producer.produce(FLOW_MATCHED_TOPIC, value, str(flow))
        if index % 1000 == 0:
            producer.poll(0)
    assert producer.flush(60) == 0
    return distinct


def measure(world: Tenant, bootstrap: str, events: int) -> dict[str, float]:
    """Run the product's process on the backlog until all is applied."""
    wanted = {partition: end for (_, partition), end in ends(bootstrap, [FLOW_MATCHED_TOPIC]).items()}
    end = sum(wanted.values())
    with TemporaryDirectory() as folder, consumer(Path(folder), world, bootstrap) as running:
        began = first = position(world, wanted)
        began_at = 0.0
        before = cpu(running.process.pid)
        deadline = time.monotonic() + TIMEOUT
        while first < end:
            first = position(world, wanted)
            if first > began and not began_at:
                began, began_at = first, time.monotonic()
                before = cpu(running.process.pid)
            assert time.monotonic() < deadline, running.log
            time.sleep(0.01)
        seconds = time.monotonic() - began_at
        used = {name: after - before[name] for name, after in cpu(running.process.pid).items()}
        transactions = running.metric("flowpilot_consumer_transaction_seconds_count")
        in_transaction = running.metric("flowpilot_consumer_transaction_seconds_sum")
    applied = end - began
    return {
        "events_per_second": round(applied / seconds),
        "seconds": round(seconds, 2),
        "events_per_transaction": round(events / transactions),
        "share_of_time_in_transactions": round(in_transaction / seconds * applied / events, 2),
        **{f"{name}_cpu_seconds_per_million": round(value / applied * 1e6, 1) for name, value in used.items()},
    }


def position(world: Tenant, wanted: dict[int, int]) -> int:
    """How far the positions of record are, over all partitions; what comes behind the backlog does not count."""
    rows = world.run(
        "select partition, next_offset from analytics.consumer_offset where group_id = %s and topic = %s",
        world.group,
        FLOW_MATCHED_TOPIC,
    )
    return sum(min(offset, wanted[partition]) for partition, offset in rows)


def cpu(consumer_pid: int) -> dict[str, float]:
    """CPU seconds so far of the three parties on this machine."""
    used = {"consumer": 0.0, "postgres": 0.0, "kafka": 0.0}
    for process in psutil.process_iter(["pid", "name", "cpu_times"]):
        times = process.info["cpu_times"]
        name = {"postgres": "postgres", "java": "kafka"}.get(process.info["name"])
        if process.info["pid"] == consumer_pid:
            name = "consumer"
        if name and times:
            used[name] += times.user + times.system
    return used


if __name__ == "__main__":
    sys.exit(main())
