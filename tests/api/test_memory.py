"""Answers that are not asked again: each is what asking anew gives, whatever has happened meanwhile."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from analytics_api.auth.tokens import TokenVerifier
from analytics_api.database.replica import Replica
from analytics_api.questions.answering import Answering
from analytics_api.questions.endpoints import ENDPOINTS, SESSIONS, Endpoint
from analytics_api.questions.freshness import Freshness
from analytics_api.questions.session_export import Export
from analytics_api.questions.shown import Memory, Shown
from analytics_api.settings import Settings
from tests.api.conftest import READER
from tests.api.running import SECRET, token
from tests.infra.database import Database
from tests.rollups.jobs import compact, reconcile_once
from tests.rollups.writing import NOW, Consumer, MainApp, SharedIds, Support

QUESTIONS = [each for each in ENDPOINTS if each is not SESSIONS]
"""A page of sessions has a cursor, which holds the moment."""
QUERIES = (b"", b"period=7d", b"from=2026-02-01&to=2026-03-10&compare=previous", b"compare=previous", b"tz=UTC")


@dataclass(slots=True)
class WatchedMemory(Memory):
    """Tells what it gave."""

    recalled: Shown | None = None

    def recall(self, key: Hashable, version: str, fresh: Freshness) -> Shown | None:
        self.recalled = super(WatchedMemory, self).recall(key, version, fresh)
        return self.recalled


@dataclass
class Asking:
    """The same questions through a memory and without one, at a moment that the test sets."""

    database: Database
    now: datetime = NOW
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    memory: WatchedMemory = field(default_factory=WatchedMemory)

    def __post_init__(self) -> None:
        self.remembering, self.forgetful = self._answering(self.memory), self._answering(Memory(most_bytes=0))

    def _answering(self, memory: Memory) -> Answering:
        dsn = self.database.dsn_for(READER)
        return Answering(
            settings=Settings(database_url=dsn, jwt_secret=SECRET.encode()),
            verifier=TokenVerifier(secret=SECRET.encode(), keys={}),
            replica=Replica(dsn, pool_size=1),
            clock=lambda: self.now,
            memory=memory,
        )

    def ask(self, answering: Answering, endpoint: Endpoint, user_id: UUID, query: bytes) -> Shown:
        shown = self.runner.run(answering.answer(endpoint, [f"Bearer {token(user_id)}"], query))
        assert not isinstance(shown, Export)
        return shown

    def is_remembered(self, endpoint: Endpoint, user_id: UUID, query: bytes = b"") -> bool:
        """Ask; where the answer was remembered, it has to be the one that asking anew gives."""
        self.memory.recalled = None
        shown = self.ask(self.remembering, endpoint, user_id, query)
        if self.memory.recalled is None:
            return False
        assert shown == self.ask(self.forgetful, endpoint, user_id, query), (endpoint.name, query)
        return True

    def close(self) -> None:
        for answering in (self.remembering, self.forgetful):
            self.runner.run(answering.replica.close())
        self.runner.close()


@pytest.fixture
def asking(database: Database) -> Iterator[Asking]:
    made = Asking(database)
    yield made
    made.close()


class World:
    """Everything that may happen to two accounts, one thing at a time, some of it committed only later."""

    def __init__(self, database: Database, asking: Asking, seed: int, stack: ExitStack) -> None:
        self.database, self.asking = database, asking
        self.random = random.Random(seed)
        self.shared = SharedIds(database)
        self.admins: list[UUID] = []
        self.own = stack.enter_context(database.connect())
        self.own.execute("set lock_timeout = '200ms'")
        self.own.execute("update trees set created_at = %s", [NOW - timedelta(days=20)])
        for account_id in self.shared.accounts:
            self.own.execute("insert into tree_categories values (%s, %s, 'Network')", [uuid4(), account_id])
            for role in ("team_admin", "super_admin"):
                self.admins.append(uuid4())
                self.own.execute(
                    "insert into users (id, account_id, email, role) values (%s, %s, 'lead@example.com', %s)",
                    [self.admins[-1], account_id, role],
                )
        self.writers = [
            (writer, stack.enter_context(psycopg.connect(dsn, options="-c lock_timeout=200ms")))
            for writer, dsn in (
                (MainApp(self.shared, seed), database.dsn_for("main_app")),
                (Consumer(self.shared, seed + 1), database.dsn_for("flowpilot_consumer")),
                (Support(self.shared, seed + 2), database.dsn),
            )
        ]
        self.late = stack.enter_context(psycopg.connect(database.dsn))

    def attempt(self, step: Callable[["World"], None]) -> None:
        try:
            step(self)
        except psycopg.errors.LockNotAvailable:
            for _, connection in self.writers:
                connection.rollback()

    @property
    def _account(self) -> UUID:
        """Mostly the one that is asked about."""
        return self.shared.accounts[0] if self.random.random() < 0.9 else self.shared.accounts[1]

    def nothing(self) -> None:
        pass

    def write(self) -> None:
        writer, connection = self.random.choice(self.writers)
        writer.write(connection)

    def fold(self) -> None:
        compact(self.database)

    def insert(self, connection: psycopg.Connection, created_at: datetime) -> None:
        connection.execute(
            "insert into ai_sessions (id, account_id, problem_domain, status, created_at)"
            " values (%s, %s, 'VPN', 'resolved', %s)",
            [uuid4(), self.shared.accounts[0], created_at],
        )

    def write_and_fold(self) -> None:
        """Nothing is pending before, and nothing after."""
        self.insert(self.own, self.asking.now - timedelta(days=3))
        compact(self.database)

    def begin(self) -> None:
        """A change that no one sees yet."""
        self.insert(self.late, self.asking.now - timedelta(days=3))

    def commit(self) -> None:
        self.late.commit()

    def move_within_its_quarter(self) -> None:
        """No sum changes by it."""
        self.own.execute(
            "update ai_sessions"
            " set created_at = analytics.bin('15 minutes', created_at) + random() * interval '15 minutes'"
            " where account_id = %s and created_at > %s",
            [self._account, self.asking.now - timedelta(minutes=40)],
        )

    def plan_session(self) -> None:
        """A row that is past only later; the next two likewise."""
        self.insert(self.own, self.asking.now + timedelta(minutes=5))

    def plan_activity(self) -> None:
        self.own.execute(
            "insert into psa_activity_log (id, account_id, activity_type, psa_ticket_id, created_at, event_id)"
            " values (%s, %s, 'note_posted', '1', %s, %s)",
            [uuid4(), self.shared.accounts[0], self.asking.now + timedelta(minutes=5), uuid4()],
        )

    def plan_flow(self) -> None:
        self.own.execute(
            "insert into trees (id, account_id, name, created_at) values (%s, %s, 'New', %s)",
            [uuid4(), self.shared.accounts[0], self.asking.now + timedelta(minutes=5)],
        )

    def reach_back(self) -> None:
        """A row that the ranges before reach as time passes."""
        for days in (7, 30):
            self.insert(self.own, self.asking.now - timedelta(days=days) + timedelta(minutes=5))

    def pass_minutes(self) -> None:
        self.asking.now += timedelta(minutes=7)

    def pass_midnight(self) -> None:
        self.asking.now += timedelta(hours=13)

    def rename_flow(self) -> None:
        self.own.execute("update trees set name = md5(random()::text) where account_id = %s", [self._account])

    def archive(self) -> None:
        self.own.execute("update trees set is_active = not is_active where account_id = %s", [self._account])

    def match(self) -> None:
        self.own.execute(
            "update trees set usage_count = usage_count + 1, last_matched_at = %s where account_id = %s",
            [self.asking.now - timedelta(days=1), self._account],
        )

    def recategorise(self) -> None:
        self.own.execute(
            "update trees set category_id = category.id from tree_categories as category"
            " where category.account_id = trees.account_id and trees.account_id = %s and random() < 0.5",
            [self._account],
        )

    def rename_category(self) -> None:
        name = self.random.choice(["Network", "network ", "Printing"])
        self.own.execute("update tree_categories set name = %s where account_id = %s", [name, self._account])

    def rename_user(self) -> None:
        self.own.execute("update users set email = md5(random()::text) where account_id = %s", [self._account])

    def rename_account(self) -> None:
        self.own.execute("update accounts set name = md5(random()::text) where id = %s", [self._account])

    def change_zone(self) -> None:
        zone = self.random.choice(["Asia/Kathmandu", "UTC", "America/New_York"])
        self.own.execute("update accounts set timezone = %s where id = %s", [zone, self._account])

    def repair(self) -> None:
        """A change that the triggers did not see, found by the reconciliation."""
        self.late.rollback()
        with self.own.transaction():
            self.own.execute("set local session_replication_role = replica")
            self.own.execute(
                "insert into ai_sessions (id, account_id, status, created_at) values (%s, %s, 'resolved', %s)",
                [uuid4(), self._account, self.asking.now - timedelta(days=5)],
            )
        assert reconcile_once(self.database)["rollup_drift_rows"]

    def truncate(self) -> None:
        self.late.rollback()
        for _ in range(2):
            self.own.execute("truncate ai_sessions cascade")
            self.shared.sessions.clear()

    def drop_rows(self) -> None:
        account_id = self._account
        self.own.execute("delete from ai_sessions where account_id = %s", [account_id])


STEPS = (
    # What happens before the questions are asked, and what before they are asked again.
    *((World.fold, after) for after in (World.nothing, World.write, World.write, World.write, World.write_and_fold)),
    *((World.fold, after) for after in (World.move_within_its_quarter, World.repair, World.truncate, World.drop_rows)),
    *((World.fold, after) for after in (World.pass_minutes, World.pass_midnight, World.change_zone)),
    *((World.fold, after) for after in (World.rename_flow, World.archive, World.match, World.recategorise)),
    *((World.fold, after) for after in (World.rename_category, World.rename_user, World.rename_account)),
    *((before, World.pass_minutes) for before in (World.plan_session, World.plan_activity, World.plan_flow)),
    *((World.reach_back, World.pass_minutes), (World.write, World.fold), (World.begin, World.commit)),
)


def test_an_answer_that_is_remembered_is_what_asking_anew_gives(database: Database, asking: Asking) -> None:
    spared: Counter[str] = Counter()
    with ExitStack() as stack:
        world = World(database, asking, 20260318, stack)
        for before, after in world.random.sample(STEPS * 2, len(STEPS) * 2):
            query = world.random.choice(QUERIES)
            world.attempt(before)
            for endpoint in QUESTIONS:
                asking.is_remembered(endpoint, world.admins[0], query)
            world.attempt(after)
            for endpoint in QUESTIONS:
                spared[after.__name__] += asking.is_remembered(endpoint, world.admins[0], query)
    assert spared["fold"] > 0, spared
    assert spared["nothing"] > 0, spared
    assert spared["pass_minutes"] > 0, spared
