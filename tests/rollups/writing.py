"""A main application and a consumer that write at random: everything that can happen to a session."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg import IsolationLevel, errors

from tests.infra.database import Database

NOW = datetime(2026, 3, 18, 15, 7, 31, tzinfo=UTC)
DOMAINS = ("Network", " network\t", "Printing", "", None, "VPN")
STATUSES = ("active", "resolved", "resolved", "escalated", "abandoned")
TIERS = ("guided", "exploring", None)
TICKETS = (None, " ", "48213", "48214")
MOST_SESSIONS = 150
KINDS = ("time_entry_posted", "time_entry_posted", "note_posted", "status_updated")


class SharedIds:
    """The ids that writers share; some are of rows that were rolled back or deleted, as in life."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.accounts = [uuid4(), uuid4()]
        self.flows: dict[UUID, list[UUID]] = {}
        self.users: dict[UUID, list[UUID]] = {}
        self.sessions: list[tuple[UUID, UUID]] = []
        with database.connect() as connection:
            for account_id in self.accounts:
                connection.execute("insert into accounts values (%s, 'An account', 'Asia/Kathmandu')", [account_id])
                self.flows[account_id] = [uuid4() for _ in range(3)]
                self.users[account_id] = [uuid4() for _ in range(3)]
                for user_id in self.users[account_id]:
                    connection.execute(
                        "insert into users (id, account_id, email, role) values (%s, %s, 'A user', 'engineer')",
                        [user_id, account_id],
                    )
                for flow_id in self.flows[account_id]:
                    connection.execute(
                        "insert into trees (id, account_id, name) values (%s, %s, 'A flow')", [flow_id, account_id]
                    )


class Writer:
    """One connection's worth of random transactions."""

    def __init__(self, world: SharedIds, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.committed = 0
        self.refused = 0

    def write(self, connection: psycopg.Connection) -> None:
        """One transaction, in the end committed or not."""
        connection.isolation_level = self.random.choice([IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ])
        try:
            for _ in range(self.random.randint(1, 3)):
                self.random.choice(self.steps)(self, connection)
            if self.random.random() < 0.15:
                connection.rollback()
            else:
                connection.commit()
                self.committed += 1
        except (errors.SerializationFailure, errors.DeadlockDetected, errors.ForeignKeyViolation):
            connection.rollback()
            self.refused += 1

    def _some(self, most: int) -> list[tuple[UUID, UUID]]:
        known = self.world.sessions
        return self.random.sample(known, min(len(known), self.random.randint(1, most)))

    def _instant(self) -> datetime:
        ago = self.random.choice([timedelta(hours=2), timedelta(days=2), timedelta(days=40)])
        return NOW - self.random.random() * ago

    def _insert(self, connection: psycopg.Connection) -> None:
        if len(self.world.sessions) > MOST_SESSIONS:
            # Few rows make many meetings; and each snapshot is counted again from all of them.
            connection.execute("delete from ai_sessions where id = %s", [self.world.sessions.pop(0)[0]])
            return
        account_id = self.random.choice(self.world.accounts)
        rows = [self._session(account_id) for _ in range(self.random.choice([1, 1, 4, 12]))]
        marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows))
        connection.execute(
            "insert into ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier,"
            " confidence_score, matched_flow_id, session_rating, psa_ticket_id, created_at, resolved_at)"
            f" values {marks}".encode(),
            [value for row in rows for value in row],
        )
        self.world.sessions += [(row[0], account_id) for row in rows]

    def _session(self, account_id: UUID) -> tuple[UUID, *tuple[object, ...]]:
        choose = self.random.choice
        created_at = self._instant()
        return (
            uuid4(),
            account_id,
            choose([None, *self.world.users[account_id]]),
            choose(DOMAINS),
            choose(STATUSES),
            choose(TIERS),
            choose([None, 0.82, 1 / 3]),
            choose([None, *self.world.flows[account_id]]),
            choose([None, 1, 5]),
            choose(TICKETS),
            created_at,
            choose([None, created_at + timedelta(minutes=7, microseconds=3), created_at - timedelta(seconds=1)]),
        )

    def _update(self, connection: psycopg.Connection) -> None:
        change: tuple[str, object] = self.random.choice(
            [
                ("status = 'resolved', resolved_at = created_at + %s", timedelta(minutes=self.random.randint(0, 900))),
                ("problem_domain = %s", self.random.choice(DOMAINS)),
                ("psa_ticket_id = %s", self.random.choice(TICKETS)),
                ("created_at = created_at + %s", timedelta(hours=self.random.randint(-30, 1))),
                ("confidence_tier = %s", self.random.choice(TIERS)),
                ("match_score = %s", self.random.random()),
                ("status = %s", self.random.choice(STATUSES)),
            ]
        )
        ids = [session_id for session_id, _ in self._some(4)]
        connection.execute(f"update ai_sessions set {change[0]} where id = any(%s)".encode(), [change[1], ids])

    def _assign(self, connection: psycopg.Connection) -> None:
        for session_id, account_id in self._some(2):
            user_id = self.random.choice([None, *self.world.users[account_id]])
            connection.execute("update ai_sessions set user_id = %s where id = %s", [user_id, session_id])

    def _match(self, connection: psycopg.Connection) -> None:
        for session_id, account_id in self._some(1):
            flow_id = self.random.choice([None, *self.world.flows[account_id]])
            connection.execute("update ai_sessions set matched_flow_id = %s where id = %s", [flow_id, session_id])

    def _delete(self, connection: psycopg.Connection) -> None:
        ids = [session_id for session_id, _ in self._some(2)]
        connection.execute("delete from ai_sessions where id = any(%s)", [ids])

    def _push(self, connection: psycopg.Connection) -> None:
        chosen = self._some(6)
        if self.random.random() < 0.8:
            # Else most pushes are refused: of the sessions that are known, many have been deleted or never committed.
            found = connection.execute("select id from ai_sessions where id = any(%s)", [[each for each, _ in chosen]])
            present = {row[0] for row in found}
            chosen = [(each, account_id) for each, account_id in chosen if each in present]
        rows = [self._activity(session_id, account_id) for session_id, account_id in chosen]
        rows += [self._activity(None, self.random.choice(self.world.accounts))]
        for row in rows:
            connection.execute(
                "insert into psa_activity_log (id, account_id, session_id, activity_type, hours_logged, psa_ticket_id,"
                " created_at, event_id) values (%s, %s, %s, %s, %s, '48213', %s, %s)",
                row,
            )

    def _activity(self, session_id: UUID | None, account_id: UUID) -> list[object]:
        kind = self.random.choice(KINDS)
        hours = self.random.choice([0.25, 0.00005, 1 / 3]) if kind == "time_entry_posted" else None
        return [uuid4(), account_id, session_id, kind, hours, self._instant(), uuid4()]

    def _erase_activity(self, connection: psycopg.Connection) -> None:
        connection.execute(
            "delete from psa_activity_log where id in (select id from psa_activity_log order by id limit 2)"
        )

    steps: tuple[Callable[["Writer", psycopg.Connection], None], ...] = ()


class MainApp(Writer):
    """Writes sessions."""

    steps = (
        *(Writer._insert, Writer._insert, Writer._update, Writer._update),  # noqa: SLF001 -- steps of every writer
        *(Writer._match, Writer._assign, Writer._delete),  # noqa: SLF001 -- likewise
    )


class Consumer(Writer):
    """Writes activities."""

    steps = (Writer._push,)  # noqa: SLF001


class Support(Writer):
    """A hand in the database: erases activities and sessions, and moves activities."""

    steps = (Writer._delete, Writer._erase_activity, Writer._push)  # noqa: SLF001
