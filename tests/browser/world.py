"""The account of the browser tests: its people, flows and sessions, on the replica too."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from tests.browser.cases import DOMAINS, OPEN_ONLY, OPEN_SESSIONS, UNMAPPED_SESSIONS
from tests.infra.database import Database

FORMULA = '=HYPERLINK("x"), unused'
"""A name that a spreadsheet would run."""


@dataclass(frozen=True)
class Team:
    """Who may look, and the flows with a story."""

    account: UUID = field(default_factory=uuid4)
    admin: UUID = field(default_factory=uuid4)
    engineer: UUID = field(default_factory=uuid4)
    never_matched: UUID = field(default_factory=uuid4)
    unused: UUID = field(default_factory=uuid4)
    rare: UUID = field(default_factory=uuid4)
    archived: UUID = field(default_factory=uuid4)
    colleagues: tuple[UUID, UUID] = field(default_factory=lambda: (uuid4(), uuid4()))
    """Two engineers who share the sessions, but for one in five, which is no one's."""

    @property
    def session_count(self) -> int:
        return sum(case.ended for case in DOMAINS) + OPEN_SESSIONS + UNMAPPED_SESSIONS


@dataclass(frozen=True, kw_only=True)
class Session:
    """Every session lies within six days; of four, three have a ticket, two a note too, one time as well."""

    number: int
    domain: str | None
    status: str
    tier: str | None
    flow: UUID | None = None


def insert_world(database: Database) -> Team:
    """All rows of the account."""
    world = Team()
    now = datetime.now(UTC)
    with database.connect() as connection:
        _insert_people(connection, world)
        flows = _insert_flows(connection, world, now)
        for session in _sessions(world, flows):
            _insert_session(connection, world, session, now)
        connection.execute(
            "update trees set last_matched_at = used.at, usage_count = used.n from"
            " (select matched_flow_id, max(created_at) as at, count(*) as n from ai_sessions group by 1) as used"
            " where trees.id = used.matched_flow_id"
        )
        _beat(connection, now)
    database.wait_for_replica()
    return world


def set_heartbeat(database: Database, at: datetime) -> None:
    """What the numbers are complete up to, on the replica too."""
    with database.connect() as connection:
        _beat(connection, at)
    database.wait_for_replica()


def _beat(connection: psycopg.Connection, at: datetime) -> None:
    connection.execute(
        "insert into analytics.heartbeat (id, group_id, beat_at) values (1, 'tests', %s)"
        " on conflict (id) do update set beat_at = excluded.beat_at",
        [at],
    )


def _insert_people(connection: psycopg.Connection, world: Team) -> None:
    connection.execute("insert into accounts values (%s, 'Browser', 'Europe/Berlin')", [world.account])
    people = {
        world.admin: ("team_admin@example.com", "team_admin"),
        world.engineer: ("engineer@example.com", "engineer"),
        world.colleagues[0]: ("ann@example.com", "engineer"),
        world.colleagues[1]: ("bert@example.com", "engineer"),
    }
    for user, (email, role) in people.items():
        connection.execute(
            "insert into users (id, account_id, email, role) values (%s, %s, %s, %s)",
            [user, world.account, email, role],
        )


def _insert_flows(connection: psycopg.Connection, world: Team, now: datetime) -> list[UUID]:
    """The domains' flows, ten in all, and those with a story; returns the ten."""
    categories = {name: uuid4() for name in (*(case.name for case in DOMAINS), OPEN_ONLY)}
    for name, category in categories.items():
        connection.execute("insert into tree_categories values (%s, %s, %s)", [category, world.account, name])
    common: list[UUID] = []
    flows: list[tuple[UUID, str, UUID | None]] = [
        (world.never_matched, "Never matched flow", categories[OPEN_ONLY]),
        (world.unused, FORMULA, categories[OPEN_ONLY]),
        (world.rare, "Rare flow", None),
        (world.archived, "Retired flow", None),
    ]
    for case in DOMAINS:
        for number in range(case.flows):
            common.append(uuid4())
            flows.append((common[-1], f"{case.name} flow {number + 1}", categories[case.name]))
    for flow, name, flow_category in flows:
        connection.execute(
            "insert into trees (id, account_id, name, category_id, created_at) values (%s, %s, %s, %s, %s)",
            [flow, world.account, name, flow_category, now - timedelta(days=200)],
        )
    # What a new flow changed can be seen of one of them.
    connection.execute("update trees set created_at = %s where id = %s", [now - timedelta(days=3), common[0]])
    connection.execute("update trees set is_active = false where id = %s", [world.archived])
    connection.execute(
        "update trees set last_matched_at = %s, usage_count = 3 where id = %s", [now - timedelta(days=45), world.unused]
    )
    return common


def _sessions(world: Team, flows: list[UUID]) -> list[Session]:
    sessions: list[Session] = []
    for case in DOMAINS:
        statuses = ["resolved"] * case.resolved + ["escalated"] * case.escalated + ["abandoned"] * case.abandoned
        for index, status in enumerate(statuses):
            number = len(sessions)
            # Two sessions each for the retired and the rare flow; the others get at least five.
            flow = (world.archived, world.archived, world.rare, world.rare)[number] if number < 4 else None
            tier = "guided" if index < case.guided else "exploring"
            sessions.append(
                Session(
                    number=number, domain=case.name, status=status, tier=tier, flow=flow or flows[number % len(flows)]
                )
            )
    for _ in range(OPEN_SESSIONS):
        sessions.append(Session(number=len(sessions), domain=OPEN_ONLY, status="active", tier=None))
    for _ in range(UNMAPPED_SESSIONS):
        sessions.append(Session(number=len(sessions), domain=None, status="active", tier="discovery"))
    return sessions


def _insert_session(connection: psycopg.Connection, world: Team, session: Session, now: datetime) -> None:
    session_id, number = uuid4(), session.number
    created = now - timedelta(hours=1 + number * 1.4)
    resolved = created + timedelta(minutes=5 + number % 50) if session.status != "active" else None
    connection.execute(
        "insert into ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier, confidence_score,"
        " matched_flow_id, session_rating, psa_ticket_id, created_at, resolved_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            session_id,
            world.account,
            None if number % 5 == 0 else world.colleagues[number % 2],
            session.domain,
            session.status,
            session.tier,
            0.5 + (number % 10) / 20,
            session.flow,
            1 + number % 5,
            f"T-{number}" if number % 4 else None,
            created,
            resolved,
        ],
    )
    activities: list[tuple[str, float | None]] = [("note_posted", None)] if number % 4 >= 2 else []
    # One in twenty logs time off the path: without a note, and without a ticket on the session.
    activities += [("time_entry_posted", 0.75)] if number % 4 == 3 or number % 20 == 0 else []
    for kind, hours in activities:
        connection.execute(
            "insert into psa_activity_log (id, account_id, session_id, activity_type, hours_logged, psa_ticket_id,"
            " created_at, event_id) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                uuid4(),
                world.account,
                session_id,
                kind,
                hours,
                f"T-{number}",
                created + timedelta(minutes=10),
                uuid4(),
            ],
        )
