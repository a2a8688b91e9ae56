"""Strategies for worlds: rows of two accounts, period and clock, close to every edge that metrics.md names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

from shared_queries.periods.period import Period
from tests.queries.asking import period_at
from tests.queries.rows import activity, category, flow, session, user
from tests.reference.rows import AllRows, Row

ZONES = [
    "UTC",
    "America/New_York",
    "America/Havana",  # midnight comes twice
    "America/Santiago",  # midnight is skipped
    "Asia/Beirut",
    "Atlantic/Azores",
    "America/Scoresbysund",  # the last hour of a day is skipped
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
]
CLOCK_CHANGES = [
    datetime(2025, 11, 2, 4, tzinfo=UTC),  # Havana, 01:00 -> 00:00
    datetime(2025, 9, 7, 4, tzinfo=UTC),  # Santiago, 00:00 -> 01:00
    datetime(2025, 3, 29, 22, tzinfo=UTC),  # Beirut, 00:00 -> 01:00
    datetime(2025, 3, 30, 1, tzinfo=UTC),  # Azores, and Scoresbysund 23:00 -> 00:00
    datetime(2025, 10, 4, 15, 30, tzinfo=UTC),  # Lord Howe
    datetime(2024, 2, 29, 12, tzinfo=UTC),
]
DOMAINS = [
    *("Network", "network", " NETWORK\t", "\v\f\r\nNetwork ", "Ünïcode", "ÜNÏCODE", "İstanbul", "ΣΑΣ", "σας", "ẞ", "ß"),
    *('=1+1, "quoted"\nline', "\u00a0", "ǅ", "\u00e9", "e\u0301", "", " \t\v\f\r\n ", None),
]
CATEGORY_NAMES = [name for name in DOMAINS if name is not None]
DOMAIN_NAMES = [name for name in CATEGORY_NAMES if name.strip(" \t\n\r\f\v")]
"""What may be asked for."""
STATUSES = ["active", "paused", "requesting_escalation", "resolved", "escalated", "abandoned", "Resolved", "new one"]
TIERS = ["guided", "exploring", "discovery", None, "Guided", ""]
TICKETS = [None, "", " \t", "48213"]
SCORES = [None, 0.0, 1.0, 0.82, 0.1234565, 0.0000005, 0.12345649999999997, 1 / 3]
HOURS = [0.0, 0.25, 1.5, 0.00005, 0.00015, 1000.0, 0.1, 1 / 3, None]
DURATIONS = [
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(microseconds=-1),
    timedelta(minutes=-5),
    timedelta(minutes=12, seconds=30),
    timedelta(hours=8),
    timedelta(hours=8, microseconds=1),
    timedelta(days=40, microseconds=7),
]
EMAILS = ["a@example.com", "B@example.com", "b@example.com", "é@example.com", "\U0001f4a1@x", "=1+1@x", "z@x"]
MICROSECOND = timedelta(microseconds=1)


@dataclass
class Case:
    """Two accounts side by side, and the period to ask about."""

    world: AllRows
    account_id: UUID
    period: Period


@st.composite
def cases(draw: st.DrawFn) -> Case:
    now = draw(
        st.one_of(
            st.datetimes(datetime(2014, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  of UTC
            st.builds(
                lambda change, days, minutes: change + timedelta(days=days, minutes=minutes),
                st.sampled_from(CLOCK_CHANGES),
                st.sampled_from([0, 0, 1, 3, 7, 30]),
                st.integers(-90, 90),
            ),
        )
    )
    period = draw(periods(now))
    moments = instants(draw, period)
    account_id, other_id = uuid4(), uuid4()
    world = AllRows()
    for owner in (account_id, other_id):
        world.categories += [
            category(owner, name) for name in draw(st.lists(st.sampled_from(CATEGORY_NAMES), max_size=4))
        ]
    for owner in (account_id, other_id):
        world.flows += draw(flows(owner, world.categories, moments))
    for owner in (account_id, other_id):
        world.users += draw(users(owner))
    for owner in (account_id, other_id):
        world.sessions += draw(sessions(owner, world.flows, world.users, moments))
    for owner in (account_id, other_id):
        world.activities += draw(activities(owner, world.sessions, moments))
    return Case(world, account_id, period)


@st.composite
def periods(draw: st.DrawFn, now: datetime) -> Period:
    tz = draw(st.sampled_from(ZONES))
    if draw(st.booleans()):
        return period_at(now, tz, period=draw(st.sampled_from(["7d", "30d", "90d"])))
    today = now.astimezone(UTC).date()
    last = today - timedelta(days=draw(st.integers(-1, 9)))
    first = last - timedelta(days=draw(st.integers(0, 35)))
    # East of Greenwich today may have begun already, and west of it the first day may lie ahead.
    first = min(first, today - timedelta(days=1))
    return period_at(now, tz, from_=first.isoformat(), to=max(first, last).isoformat())


def instants(draw: st.DrawFn, period: Period) -> st.SearchStrategy[datetime]:
    """Moments at the edges of days and of the period, of the one before it, and anywhere else."""
    edges = [*period.day_starts, period.end, period.now, period.previous().start, period.previous().end]
    edges += [edge - MICROSECOND for edge in edges] + [edge + MICROSECOND for edge in edges]
    anywhere = [
        period.previous().start + timedelta(seconds=draw(st.integers(-90_000, 90_000))),
        period.end - timedelta(seconds=draw(st.integers(0, 400_000))),
        period.end + timedelta(seconds=draw(st.integers(0, 90_000))),
    ]
    return st.sampled_from(edges + anywhere * 5)


@st.composite
def flows(draw: st.DrawFn, owner: UUID, categories: Sequence[Row], moments: st.SearchStrategy[datetime]) -> list[Row]:
    ages = st.builds(lambda moment, days: moment - timedelta(days=days), moments, st.sampled_from([0, 29, 30, 89, 90]))
    return [
        flow(
            owner,
            name=draw(st.sampled_from(["Reset, twice", "=HYPERLINK()", "zeta", "Émile", "\U0001f4a1", "ﬁn"])),
            # Now and then a category of the other account.
            category_id=draw(st.sampled_from([None, *(row["id"] for row in categories)])),
            is_active=draw(st.sampled_from([True, True, False])),
            created_at=draw(ages),
            usage_count=draw(st.integers(0, 9)),
            success_rate=draw(st.sampled_from([None, 0.5])),
            last_matched_at=draw(st.one_of(st.none(), ages)),
        )
        for _ in range(draw(st.integers(0, 5)))
    ]


@st.composite
def users(draw: st.DrawFn, owner: UUID) -> list[Row]:
    emails = draw(st.lists(st.sampled_from(EMAILS), max_size=7, unique=True))
    return [user(owner, email=email, is_active=draw(st.booleans())) for email in emails]


@st.composite
def sessions(
    draw: st.DrawFn,
    owner: UUID,
    flows: Sequence[Row],
    users: Sequence[Row],
    moments: st.SearchStrategy[datetime],
) -> list[Row]:
    """A few kinds of session, each several times, so that the counts reach the thresholds."""
    made: list[Row] = []
    flow_ids = [None, *(row["id"] for row in flows)]
    # Now and then a user of the other account.
    user_ids = [None, *(row["id"] for row in users)]
    for _ in range(draw(st.integers(0, 8))):
        kind: dict[str, Any] = {
            "user_id": draw(st.sampled_from(user_ids)),
            "problem_domain": draw(st.sampled_from(DOMAINS)),
            "status": draw(st.sampled_from(STATUSES)),
            "confidence_tier": draw(st.sampled_from(TIERS)),
            "confidence_score": draw(st.one_of(st.sampled_from(SCORES), st.floats(0, 1))),
            "matched_flow_id": draw(st.sampled_from(flow_ids)),
            "session_rating": draw(st.sampled_from([None, 1, 4, 5])),
            "psa_ticket_id": draw(st.sampled_from(TICKETS)),
            "created_at": draw(moments),
        }
        duration = draw(st.one_of(st.none(), st.sampled_from(DURATIONS)))
        for copy in range(draw(st.sampled_from([1, 1, 2, 5, 7]))):
            resolved_at = None if duration is None else kind["created_at"] + duration * (1 + copy % 3)
            made.append(session(owner, **kind, resolved_at=resolved_at))
    return made


@st.composite
def activities(
    draw: st.DrawFn, owner: UUID, sessions: Sequence[Row], moments: st.SearchStrategy[datetime]
) -> list[Row]:
    session_ids = [None, *(row["id"] for row in sessions if row["account_id"] == owner)]
    return [
        activity(
            owner,
            session_id=draw(st.sampled_from(session_ids)),
            activity_type=(kind := draw(st.sampled_from(["time_entry_posted", "note_posted", "status_updated"]))),
            hours_logged=draw(st.one_of(st.sampled_from(HOURS), st.floats(0, 1000))) if kind[0] == "t" else None,
            created_at=draw(moments),
        )
        for _ in range(draw(st.integers(0, 12)))
    ]
