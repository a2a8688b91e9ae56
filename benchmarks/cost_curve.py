"""How cost grows: each question against the sessions, and events a second against consumers and partitions.

    python -m benchmarks.cost_curve [--sessions 20000 100000 500000] [--events 150000] [--rounds 15]

Starts servers as the tests do (TEST_INFRA). One account holds half of the sessions of 90 days; each question is asked
from rollups and from facts as in `benchmarks.read_path`, and the exponent is the slope of time against sessions, both
as logarithms: 0 is flat, 1 is in proportion. Then a backlog of flow-matched events is applied by one to three consumer
processes from all twelve partitions, and by one process from fewer. Prints a JSON line per point.
"""

import argparse
import json
import math
import random
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from confluent_kafka import Producer

from benchmarks.consumer import fill, position
from benchmarks.read_path import QUESTIONS, as_the_api_asks, asks, measure, planning_each_time
from benchmarks.read_path_data import NOW, load
from deploy.topics import make_topics
from services.events import FLOW_MATCHED_TOPIC, FlowMatched, encode, uuid7
from services.events.flow_matched import FLOW_MATCHED
from services.kafka import KafkaSettings
from shared_queries.periods.period import parse_period
from shared_queries.source import Source
from tests.consumer.running import begin_at_end, consumer, ends
from tests.consumer.world import Tenant
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import Infra, chosen_kind, servers

FLOWS, SESSIONS = 2000, 50_000
SHARE, OTHERS, DAYS = 0.5, 20, 90
PARTITIONS = FLOW_MATCHED.partitions
CONSUMERS = ((1, PARTITIONS), (2, PARTITIONS), (3, PARTITIONS), (1, 1), (1, 3))
"""Processes, and partitions that hold the backlog."""
PATIENCE_S = 180


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="*", default=[20_000, 100_000, 500_000], help="of all accounts")
    parser.add_argument("--events", type=int, default=150_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with servers(chosen_kind()) as infra, template_database(infra) as template:
        report_questions(infra, template, options.sessions, options.rounds)
        make_topics(KafkaSettings(infra.kafka_bootstrap))
        for processes, partitions in CONSUMERS:
            rate = events_per_second(infra, template, processes, partitions, options.events)
            print(
                json.dumps({"processes": processes, "partitions": partitions, "events_per_s": round(rate)}), flush=True
            )


def report_questions(infra: Infra, template: str, sizes: Sequence[int], rounds: int) -> None:
    """Return the time of each question at each size, then the exponents."""
    period = parse_period(period="90d", from_=None, to=None, tz="America/New_York", now=NOW, default_tz=None)
    times: dict[Source, list[dict[str, float]]] = {source: [] for source in Source}
    for size in sizes:
        with cloned_database(infra, template) as database:
            load(database, sessions=size, share=SHARE, others=OTHERS, days=DAYS)
            for source, asking in ((Source.FACTS, planning_each_time), (Source.ROLLUPS, as_the_api_asks)):
                print(json.dumps({"sessions": size, "of_the_account": round(size * SHARE)}), flush=True)
                with asking(database) as ask:
                    measured = measure(source.value, asks(ask, period, source), rounds)
                    times[source].append({name: p50 for name, (p50, _) in measured.items()})
    if len(sizes) > 1:
        for source, points in times.items():
            exponents = {name: slope(sizes, [point[name] for point in points]) for name in QUESTIONS}
            print(json.dumps({"source": source.value, "exponent_of_sessions": exponents}), flush=True)


def slope(sizes: Sequence[int], milliseconds: Sequence[float]) -> float:
    """Of the straight line through the points on double-logarithmic paper (least squares)."""
    xs, ys = [math.log(size) for size in sizes], [math.log(value) for value in milliseconds]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    return round(rise / sum((x - middle_x) ** 2 for x in xs), 2)


def events_per_second(infra: Infra, template: str, processes: int, partitions: int, events: int) -> float:
    """Members of one group that wake up together before a backlog, until it is applied."""
    with cloned_database(infra, template) as database, TemporaryDirectory() as folder, ExitStack() as stack:
        world = Tenant(database)
        stack.callback(world.close)
        fill(world, FLOWS, SESSIONS)
        begin_at_end(world, infra.kafka_bootstrap)
        members = [
            stack.enter_context(consumer(Path(folder), world, infra.kafka_bootstrap)).wait_until_ready().process
            for _ in range(processes)
        ]
        # For less than a session's time-out, so that no one is expelled meanwhile.
        for member in members:
            member.send_signal(signal.SIGSTOP)
        produce(world, infra.kafka_bootstrap, partitions, events)
        wanted = {partition: end for (_, partition), end in ends(infra.kafka_bootstrap, [FLOW_MATCHED_TOPIC]).items()}
        began = time.monotonic()
        for member in members:
            member.send_signal(signal.SIGCONT)
        while position(world, wanted) < sum(wanted.values()):
            assert time.monotonic() - began < PATIENCE_S, f"not applied in {PATIENCE_S} s"
            time.sleep(0.01)
        seconds = time.monotonic() - began
        assert world.one("select sum(usage_count) from trees") == events
        return events / seconds


def produce(world: Tenant, bootstrap: str, partitions: int, events: int) -> None:
    """Distinct events, spread over the first partitions."""
    flows = [flow for (flow,) in world.run("select id from trees")]
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
    for index in range(events):
        event = FlowMatched(world.account, world.session, random.choice(flows), 0.82, id=uuid7())
        producer.produce(FLOW_MATCHED_TOPIC, encode(event), partition=index % partitions)
        if index % 1000 == 0:
            producer.poll(0)
    assert producer.flush(60) == 0


if __name__ == "__main__":
    main()
