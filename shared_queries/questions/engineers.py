from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.domain_rows import asked_domain, domain_of
from shared_queries.scope import Scope
from shared_queries.scoring import MICROSECONDS_PER_HOUR, Interval, mean_minutes, ratio, wilson
from shared_queries.source import SELECTS, Source
from shared_queries.sql.parameters import ACCOUNT_ID, asked_for_account
from shared_queries.sql.predicates import engineers as people_view
from shared_queries.sums import CaptureSums, UserSums, total

LOW_SAMPLE_COUNT = 20
TEAM_MIN_COUNT = 5
"""A team of fewer is not shown to one of them: what the others did could be worked out."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the account: one row."""

    user_id: UUID
    email: str | None
    is_active: bool


@dataclass(frozen=True, kw_only=True)  # Without slots: `Engineer` has two bases.
class Team:
    """Sessions of the period and how they went."""

    session_count: int
    ended_count: int
    open_count: int
    resolution_rate: float | None
    resolution_interval: Interval | None
    escalation_rate: float | None
    guided_rate: float | None
    classified_count: int
    avg_resolution_minutes: float | None
    timed_count: int
    avg_rating: float | None
    rated_count: int
    capture_rate: float | None
    capture_eligible_count: int
    unlogged_session_count: int
    unlogged_hours: float


@dataclass(frozen=True, kw_only=True)
class _WhoIsMeasured:
    user_id: UUID
    email: str | None
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class Engineer(Team, _WhoIsMeasured):
    """One user's sessions of the period. Never ranked: few sessions say little of a person."""

    low_sample: bool
    """Fewer than 20 ended sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engineers:
    """`GET /analytics/flowpilot/engineers`: by email."""

    engineers: list[Engineer]
    team: Team
    """All sessions of the period."""
    unassigned_session_count: int
    domain: str | None
    """The label of the domain asked for, null for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """`GET /analytics/flowpilot/me`: the bearer's own sessions, and the team's where it is large enough."""

    engineer: Engineer
    team: Team | None


def engineers(
    scope: Scope, period: Period, source: Source = Source.FACTS, *, domain: str | None = None
) -> Plan[Engineers]:
    """Which users handled the sessions, and how each one's went."""
    statements = (
        SELECTS[source].by_user(scope, period, domain),
        people(scope),
        *asked_domain(scope, period, source, domain),
    )
    return Plan(statements, partial(_answer, domain=domain))


def me(scope: Scope, period: Period, source: Source = Source.FACTS, *, user_id: UUID) -> Plan[Me]:
    """How the sessions of one user of the account went."""
    return Plan((SELECTS[source].by_user(scope, period), people(scope)), partial(_own, user_id=user_id))


@asked_for_account
def people() -> Select[Any]:
    """`Person`: every user of the account."""
    return select(people_view.c.id, people_view.c.email, people_view.c.is_active).where(
        people_view.c.account_id == ACCOUNT_ID
    )


def _answer(rows: Sequence[Rows], *, domain: str | None) -> Engineers:
    asked = domain_of(rows, domain)
    sums = [UserSums(*row) for row in rows[0]]
    known = {person.user_id: person for person in (Person(*row) for row in rows[1])}
    found = [_engineer(known[user_id], its) for user_id, its in _by_person(sums, known).items()]
    everything = total(sums, CaptureSums)
    return Engineers(
        engineers=sorted(found, key=lambda one: (one.email is None, one.email or "", one.user_id)),
        team=_team(everything),
        unassigned_session_count=everything.session_count - sum(one.session_count for one in found),
        domain=asked.label if asked else None,
    )


def _own(rows: Sequence[Rows], *, user_id: UUID) -> Me:
    sums = [UserSums(*row) for row in rows[0]]
    known = {person.user_id: person for person in (Person(*row) for row in rows[1])}
    by_person = _by_person(sums, known)
    return Me(
        # Whoever asks was let in as an active user; a database of release 0.1.0 tells of users with a session alone.
        engineer=_engineer(known.get(user_id, Person(user_id, None, is_active=True)), by_person.get(user_id, [])),
        team=_team(total(sums, CaptureSums)) if len(by_person) >= TEAM_MIN_COUNT else None,
    )


def _by_person(sums: Iterable[UserSums], known: dict[UUID, Person]) -> dict[UUID, list[UserSums]]:
    """Find the sums of each user of the account with a session; a user of another account is none."""
    found: dict[UUID, list[UserSums]] = defaultdict(list)
    for row in sums:
        if row.user_id in known and row.session_count:
            found[row.user_id].append(row)
    return found


def _engineer(person: Person, rows: list[UserSums]) -> Engineer:
    sums = total(rows, CaptureSums)
    return Engineer(
        user_id=person.user_id,
        email=person.email,
        is_active=person.is_active,
        **vars(_team(sums)),
        low_sample=sums.ended < LOW_SAMPLE_COUNT,
    )


def _team(sums: CaptureSums) -> Team:
    return Team(
        session_count=sums.session_count,
        ended_count=sums.ended,
        open_count=sums.open,
        resolution_rate=ratio(sums.resolved, sums.ended),
        resolution_interval=wilson(sums.resolved, sums.ended),
        escalation_rate=ratio(sums.escalated, sums.ended),
        guided_rate=ratio(sums.guided, sums.classified),
        classified_count=sums.classified,
        avg_resolution_minutes=mean_minutes(sums.timed_us, sums.timed_count),
        timed_count=sums.timed_count,
        avg_rating=ratio(sums.rating_sum, sums.rated_count),
        rated_count=sums.rated_count,
        capture_rate=ratio(sums.captured, sums.capture_eligible),
        capture_eligible_count=sums.capture_eligible,
        unlogged_session_count=sums.capture_eligible - sums.captured,
        unlogged_hours=sums.unlogged_us / MICROSECONDS_PER_HOUR,
    )
