"""The main application at so many events a second, in a few transactions, with a ledger of what was committed."""

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from services.events import Event, FlowMatched, PsaPushed, uuid7
from services.outbox import add_event

FLOWS, DOMAINS = 100, 12
BATCH_SECONDS = 0.2
SESSIONS_PER_EVENT, PUSHES = 0.03, 0.08
SCHEMA = """
    create schema if not exists soak;
    create table if not exists soak.event (id uuid primary key, flow_id uuid, session_id uuid, written_at timestamptz);
    grant usage on schema soak to main_app;
    grant insert on soak.event to main_app;
"""


@dataclass
class Traffic:
    """Opens sessions, matches flows, ends sessions, reports pushes. Each event is in the ledger, or was not written."""

    environment: dict[str, str]
    rate: int
    account: UUID = field(default_factory=uuid7)
    user: UUID = field(default_factory=uuid7)
    stop: threading.Event = field(default_factory=threading.Event)
    written: int = 0
    failures: int = 0
    seconds: list[float] = field(default_factory=list)
    """That each transaction took: where that is more than `BATCH_SECONDS`, the machine cannot do the rate."""

    def prepare(self) -> None:
        with psycopg.connect(self.environment["PRIMARY_DSN"], autocommit=True) as admin:
            admin.execute(SCHEMA.encode())
            admin.execute("insert into accounts (id, name, timezone) values (%s, 'An account', 'UTC')", [self.account])
            admin.execute(
                "insert into users (id, account_id, email, role, is_active) values (%s, %s, 's@x', 'team_admin', true)",
                [self.user, self.account],
            )
            categories = [(uuid7(), self.account, f"Domain {number}") for number in range(DOMAINS)]
            flows = [(uuid7(), self.account, f"Flow {n}", categories[n % DOMAINS][0]) for n in range(FLOWS)]
            with admin.cursor() as cursor:
                cursor.executemany("insert into tree_categories (id, account_id, name) values (%s, %s, %s)", categories)
                cursor.executemany(
                    "insert into trees (id, account_id, name, category_id) values (%s, %s, %s, %s)", flows
                )
            self._flows = [flow[0] for flow in flows]
        self._sessions: list[UUID] = []

    def run(self) -> None:
        """Write until told to stop; what the database does not take is not written later."""
        connection: psycopg.Connection | None = None
        due = time.monotonic()
        while not self.stop.is_set():
            due = max(due + BATCH_SECONDS, time.monotonic() - 2)
            try:
                if connection is None or connection.closed:
                    connection = psycopg.connect(self.environment["MAIN_APP_DSN"], connect_timeout=3)
                began = time.monotonic()
                self.written += self._batch(connection, round(self.rate * BATCH_SECONDS))
                self.seconds.append(time.monotonic() - began)
            except psycopg.Error:
                self.failures += 1
                if connection is not None:
                    connection.close()
                connection = None
                self.stop.wait(0.5)
            self.stop.wait(max(0, due - time.monotonic()))
        if connection is not None:
            connection.close()

    def _batch(self, connection: psycopg.Connection, count: int) -> int:
        now = datetime.now(UTC)
        opened = [uuid7() for _ in range(max(1, round(count * SESSIONS_PER_EVENT)))]
        known = [*self._sessions, *opened]
        events: list[Event] = []
        with connection.transaction(), connection.cursor() as cursor:
            for session in opened:
                flow, number = random.choice(self._flows), random.randrange(DOMAINS)
                tier = random.choice(("guided", "exploring", "discovery"))
                cursor.execute(
                    "insert into ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier,"
                    " matched_flow_id, psa_ticket_id, created_at) values (%s, %s, %s, %s, 'active', %s, %s, %s, %s)",
                    [session, self.account, self.user, f"Domain {number}", tier, flow, str(number), now],
                )
            for session in random.sample(known, min(len(known), len(opened))):
                status = random.choice(("resolved", "escalated", "abandoned"))
                cursor.execute(
                    "update ai_sessions set status = %s, resolved_at = %s where id = %s and status = 'active'",
                    [status, now, session],
                )
            for _ in range(count):
                session = random.choice(known)
                if random.random() < PUSHES:
                    events.append(PsaPushed(self.account, session, "time_entry_posted", "48213", 0.25))
                else:
                    events.append(FlowMatched(self.account, session, random.choice(self._flows), match_score=0.8))
            add_event(connection, events[0])
            written_at = cursor.execute("select clock_timestamp()").fetchone()  # the others are no older
            with connection.pipeline():
                for event in events[1:]:
                    add_event(connection, event)
            cursor.executemany(
                "insert into soak.event (id, flow_id, session_id, written_at) values (%s, %s, %s, %s)",
                [
                    (event.id, getattr(event, "flow_id", None), event.session_id, *(written_at or ()))
                    for event in events
                ],
            )
        self._sessions = known[-2_000:]
        return len(events)
