"""200,000 matches, a tenth of them twice, the consumer killed ten times and frozen once: each is counted once.

Meanwhile a main application updates several sessions and a flow in one transaction, again and again; its deadlocks are
reported.
"""

import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import errors

from deploy.topics import make_topics
from services.kafka import KafkaSettings
from tests.chaos._events import Source, has_kcat, produce
from tests.consumer.running import Running, begin_at_end, caught_up, consumer, expel
from tests.consumer.world import Tenant
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import chosen_kind, servers
from tests.infra.waiting import wait_until

EVENTS = 200_000
KILLS = 10
FLOWS = 500
SESSIONS = 5_000
SESSIONS_A_TRANSACTION = 5
FROZEN_S = 15
"""Longer than the group waits for a member's heartbeat."""
LONGEST_S = 900


def run(report: Callable[[str], None]) -> dict[str, object]:
    with servers(chosen_kind()) as infra, template_database(infra) as template:
        make_topics(KafkaSettings(infra.kafka_bootstrap))
        with cloned_database(infra, template) as database, tempfile.TemporaryDirectory() as folder:
            world = Tenant(database)
            begin_at_end(world, infra.kafka_bootstrap)
            source = _fill(world)
            report("kcat produces" if has_kcat() else "kcat is not installed: confluent-kafka produces")
            with _main_app(world, source) as main_app:
                for number in range(1, KILLS + 1):
                    _kill(world, infra.kafka_bootstrap, source, Path(folder), freeze=number == KILLS // 2)
                    report(f"kill {number}: {_counted(world)} of {len(source.distinct)} counted")
                with consumer(Path(folder), world, infra.kafka_bootstrap) as running:
                    caught_up(world, infra.kafka_bootstrap, within=LONGEST_S)
                    duplicates = running.metric("flowpilot_consumer_events_total", outcome="duplicate")
                    running.terminate()
            counted = _counted(world)
            assert counted == len(source.distinct), f"{counted} counted, {len(source.distinct)} distinct ids sent"
            assert world.one("select count(*) from analytics.inbox") == len(source.distinct)
            # The topics may be shared: what others sent in the meantime names nothing of ours.
            dead = world.run("select event_id, reason from analytics.dead_letter")
            assert not [letter for letter in dead if letter[0] in source.distinct], dead
            world.close()
    return {
        "distinct ids": len(source.distinct),
        "counted": counted,
        "kills": KILLS,
        "duplicates seen by the last consumer": round(duplicates),
        "main app's transactions": main_app.committed,
        "of them deadlocked (40P01)": main_app.deadlocks,
        "their longest": f"{main_app.longest:.2f} s",
    }


def _fill(world: Tenant) -> Source:
    flows = [world.add_flow() for _ in range(FLOWS)]
    world.run(
        "insert into ai_sessions (id, account_id) select gen_random_uuid(), %s from generate_series(1, %s)",
        world.account,
        SESSIONS,
    )
    return Source(world.account, flows, [session for (session,) in world.run("select id from ai_sessions")])


def _kill(world: Tenant, bootstrap: str, source: Source, folder: Path, *, freeze: bool) -> None:
    """Sends a tenth of the events, and kills the consumer somewhere within them."""
    before = _counted(world)
    sending = threading.Thread(target=produce, args=(bootstrap, source.records(EVENTS // KILLS)))
    with consumer(folder, world, bootstrap) as running:
        sending.start()
        _wait_for(world, running, before + random.uniform(0.05, 0.8) * (len(source.distinct) - before))
        if freeze:
            _freeze(world, bootstrap, folder, running)
        running.kill()
    sending.join()
    # The group would wait ten seconds for the dead member.
    expel(bootstrap, world.group)


def _freeze(world: Tenant, bootstrap: str, folder: Path, running: Running) -> None:
    """A zombie: another consumer gets the partitions, and then the first one wakes up in the middle of its work."""
    running.process.send_signal(signal.SIGSTOP)
    with consumer(folder, world, bootstrap) as other:
        time.sleep(FROZEN_S)
        wait_until(
            lambda: other.metric("flowpilot_consumer_events_total") > 0, "the other consumer to take over", LONGEST_S
        )
        running.process.send_signal(signal.SIGCONT)
        running.wait_until_ready()


def _wait_for(world: Tenant, running: Running, events: float) -> None:
    deadline = time.monotonic() + LONGEST_S
    while _counted(world) < events:
        assert running.process.poll() is None, running.log
        assert time.monotonic() < deadline, running.log
        time.sleep(0.01)


def _counted(world: Tenant) -> int:
    counted: int = world.one("select coalesce(sum(usage_count), 0)::bigint from trees")
    return counted


@dataclass
class MainApp:
    """What the main application saw."""

    committed: int = 0
    deadlocks: int = 0
    longest: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def _main_app(world: Tenant, source: Source) -> Iterator[MainApp]:
    seen = MainApp()
    working = threading.Thread(target=_update, args=(world, source, seen))
    working.start()
    try:
        yield seen
    finally:
        seen.stop.set()
        working.join()


def _update(world: Tenant, source: Source, seen: MainApp) -> None:
    """In no particular order, as an application does that has not heard of lock order."""
    with psycopg.connect(world.database.dsn_for("main_app")) as connection:
        while not seen.stop.is_set():
            began = time.monotonic()
            try:
                with connection.transaction():
                    statements = [
                        ("update ai_sessions set status = 'resolved', resolved_at = now() where id = %s", session)
                        for session in random.sample(source.sessions, SESSIONS_A_TRANSACTION)
                    ]
                    flow = ("update trees set name = name where id = %s", random.choice(source.flows[:20]))
                    statements.insert(random.randrange(len(statements) + 1), flow)
                    for statement, key in statements:
                        connection.execute(statement, [key])
                seen.committed += 1
            except errors.DeadlockDetected:
                seen.deadlocks += 1
            seen.longest = max(seen.longest, time.monotonic() - began)
            seen.stop.wait(0.005)
