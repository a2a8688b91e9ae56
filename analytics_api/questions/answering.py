"""One request from token to answer: who asks, what is asked, the numbers of one snapshot, how fresh they are."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import structlog

from analytics_api.auth.principal import Principal, acting_for, entering_as, principal_in
from analytics_api.auth.tokens import TokenVerifier
from analytics_api.database.replica import Replica, Snapshot
from analytics_api.database.transient import sqlstate
from analytics_api.problems.errors import BadParameterError, ColumnGoneError, UnavailableError
from analytics_api.questions.endpoints import Asked, Endpoint
from analytics_api.questions.freshness import AS_OF, Freshness, as_of_in, freshness
from analytics_api.questions.parameters import Values, period_of, read_query, session_filter
from analytics_api.questions.responses import PeriodInfo
from analytics_api.questions.session_export import Export, Exports
from analytics_api.questions.sharing import Begins, Shared, Turns
from analytics_api.questions.shown import CACHE_HEADERS, Memory, Shown, as_csv, as_json, disposition, fields_of
from analytics_api.settings import Settings
from shared_queries import rollups
from shared_queries.errors import ParameterError
from shared_queries.periods.local_days import local_date
from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.source import Source
from shared_queries.statement import Statement

_BY_THE_MOMENT = frozenset({"sessions", "flow-effects"})
"""Endpoints whose answers hold the time of day: a cursor's now, a window that ends now."""

IS_FILLED = Statement(rollups.is_filled(), {}, plan_once=True)
IS_OUR_SCHEMA = Statement(rollups.is_our_schema(), {})
"""What an older database is asked instead, until it is upgraded: it does not know of the other."""

_MISSING = frozenset({"3F000", "42P01", "42703", "42883"})
"""SQLSTATEs: no such schema, table, column, function."""
_UNEXPECTED = "the database is not as this release expects it: upgraded by another, or changed; ask again later"
_Read = tuple[Sequence[Sequence[Rows]], bool, datetime | None]

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """Return the clock, read once per request."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Answering:
    """Answers questions; raises `ProblemError` for every refusal, in the order 401, 403, 400, 503."""

    settings: Settings
    verifier: TokenVerifier
    replica: Replica
    clock: Callable[[], datetime] = utc_now
    turns: Turns = field(default_factory=Turns)
    shared: Shared[Shown] = field(default_factory=Shared)
    principals: Shared[Principal] = field(default_factory=Shared)
    memory: Memory = field(default_factory=Memory)
    filled: bool = True
    """Whether the rollups were complete in the snapshot before."""
    _exports: Exports = field(init=False)

    def __post_init__(self) -> None:
        self._exports = Exports(self.replica)

    async def answer(self, endpoint: Endpoint, authorization: list[str], query_string: bytes) -> Shown | Export:
        """Return the endpoint's answer to the bearer of the token.

        Two round trips. The first finds the principal, whose zone the period needs, and whose account says whose turn
        it is; it ends its transaction, so that no one holds a connection while waiting. The second is one snapshot:
        every number of the answer, and its freshness.
        """
        user_id = self.verifier.user_id(authorization)
        any_role = endpoint.of_self and self.settings.engineer_self_view
        principal = await self._principal(user_id, any_role)
        asked = _Asked(endpoint, user_id, principal, read_query(query_string, endpoint.parameters), self._source())
        question = asked.at(self.clock())
        if endpoint.is_exported and asked.wants_csv:
            return await self._exported(asked, question)
        # Two users of an account share an answer, but not the one about themselves.
        key = (endpoint.name, user_id if endpoint.of_self else None, principal, frozenset(asked.values.items()))

        async def execute(begins: Begins) -> Shown:
            async with self.turns.of(principal.scope.account_id) as waited:
                later = begins() or waited
                return await self._answered(asked, asked.at(self.clock()) if later else question)

        return await self.shared.ask(key, execute)

    async def _exported(self, asked: "_Asked", question: "_Question") -> Export:
        (period,) = question.periods
        chosen = session_filter(asked.values, period)
        was_older = self.replica.is_older
        try:
            pieces, as_of = await self._exports.open(asked.principal, period, chosen)
        except psycopg.Error as error:
            self._learn_from(error, was_older=was_older)
            pieces, as_of = await self._exports.open(asked.principal, period, chosen)
        fresh = freshness(as_of, question.now, self.settings.max_staleness)
        named = {"Content-Disposition": disposition(asked.endpoint, period_info(period))}
        return Export(pieces, {**CACHE_HEADERS, **fresh.headers, **named})

    async def _principal(self, user_id: UUID, any_role: bool) -> Principal:  # noqa: FBT001  half of a key
        async def execute(begins: Begins) -> Principal:
            begins()
            try:
                return await self.replica.read(partial(_identify, user_id, any_role))
            except psycopg.Error as error:
                if sqlstate(error) in _MISSING:
                    raise UnavailableError(_UNEXPECTED) from error
                raise

        return await self.principals.ask((user_id, any_role), execute)

    async def _answered(self, asked: "_Asked", question: "_Question") -> Shown:
        try:
            rows, filled, as_of = await self._read(question)
        except ColumnGoneError:
            if asked.source is Source.FACTS:
                raise
            # The rollups count together what the facts count apart.
            rows, filled, as_of = [], False, None
        self.filled = filled
        if not rows or (asked.source is Source.ROLLUPS and not filled):
            # They are not complete, or no longer. The facts are right whatever becomes of the rollups.
            question = replace(asked, source=Source.FACTS).at(question.now)
            rows, _, as_of = await self._read(question)
        fresh = freshness(as_of, question.now, self.settings.max_staleness)
        key = asked.by_day(question)
        if key is None:
            return asked.shown(question, rows, fresh)
        shown = self.memory.recall(key, rows, fresh)
        if shown is None:
            shown = asked.shown(question, rows, fresh)
            self.memory.keep(key, rows, fresh, shown)
        return shown

    async def _read(self, question: "_Question") -> "_Read":
        """Read it; nothing where the database turns out to be of a release before ours.

        Raises:
            UnavailableError: it has not what that release has either.
        """
        was_older = self.replica.is_older
        try:
            read = await self.replica.read(partial(question.read, IS_OUR_SCHEMA if was_older else IS_FILLED))
        except psycopg.Error as error:
            self._learn_from(error, was_older=was_older)
            return [], False, None
        if was_older and read[1]:
            self.replica.is_older = False
        return read

    def _learn_from(self, error: psycopg.Error, *, was_older: bool) -> None:
        """Take a database that lacks what ours has for one of release 0.1.0, until it says otherwise.

        Raises:
            UnavailableError: it was asked as one of release 0.1.0, and is none.
        """
        if sqlstate(error) not in _MISSING:
            raise error
        if was_older:
            raise UnavailableError(_UNEXPECTED) from error
        log.warning("schema_is_older", reading_from="facts", advice="run python -m deploy.migrations upgrade")
        self.replica.is_older = True

    def _source(self) -> Source:
        """Choose what to read, by what the last snapshot held: each snapshot says itself whether that was right."""
        return Source.ROLLUPS if self.filled and self.settings.read_path != "facts" else Source.FACTS


async def _identify(user_id: UUID, any_role: bool, snapshot: Snapshot) -> Principal:  # noqa: FBT001  bound by `partial`
    (found,) = await snapshot.run(entering_as(user_id))
    return principal_in(found, any_role=any_role)


def _is_filled(rows: Rows) -> bool:
    return any(row[0] for row in rows)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked at one moment."""

    now: datetime
    principal: Principal
    periods: Sequence[Period]
    plans: Sequence[Plan[Any]]

    async def read(self, is_filled: Statement, snapshot: Snapshot) -> "_Read":
        """Read the rows of each plan, whether the rollups are complete, and up to when all is in them."""
        asked = [statement for plan in self.plans for statement in plan.asked]
        _, filled, *rows, as_of = await snapshot.run(acting_for(self.principal), is_filled, *asked, AS_OF)
        each = iter(rows)
        by_plan = [[next(each) for _ in plan.asked] for plan in self.plans]
        return by_plan, _is_filled(filled), as_of_in(as_of)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks, by whom."""

    endpoint: Endpoint
    user_id: UUID
    principal: Principal
    values: Values
    source: Source

    def at(self, now: datetime) -> _Question:
        """Ask it at that moment. Raises `BadParameterError`."""
        endpoint = self.endpoint
        period = period_of(
            self.values, now=now, default_tz=self.principal.timezone, default_period=endpoint.default_period
        )
        periods = [period, period.previous()] if self._compares else [period]
        asked = [Asked(self.principal.scope, self.user_id, each, self.values, self.source) for each in periods]
        try:
            plans = [endpoint.plan(each) for each in asked]
        except ParameterError as error:
            raise BadParameterError(error.parameter, error.message) from error
        return _Question(now, self.principal, periods, plans)

    def by_day(self, question: _Question) -> Hashable | None:
        """Return all but the rows that the answer depends on; None where the time of day is part of it."""
        if self.endpoint.name in _BY_THE_MOMENT:
            return None
        about = self.user_id if self.endpoint.of_self else None
        days = tuple((period.first_day, period.last_day, period.tz, period.name) for period in question.periods)
        (period, *_) = question.periods
        today = local_date(question.now, period.zone)
        return self.endpoint.name, about, self.principal, frozenset(self.values.items()), days, today

    def shown(self, question: _Question, rows: Sequence[Sequence[Rows]], fresh: Freshness) -> Shown:
        """Assemble the response. The connection is back in the pool by now: the formulas need none."""
        endpoint = self.endpoint
        answers = [plan.answer(each) for plan, each in zip(question.plans, rows, strict=True)]
        parts = [
            {**fields_of(answer), "period": period_info(period)}
            for answer, period in zip(answers, question.periods, strict=True)
        ]
        fields = {**parts[0], "as_of": fresh.as_of, "stale": fresh.stale}
        if endpoint.previous is not None and len(parts) > 1:
            fields["previous"] = endpoint.previous(**parts[1])
        response = endpoint.response(**fields)
        if self.wants_csv:
            return as_csv(endpoint, self.principal, self.values, answers[0], parts[0]["period"], fresh)
        return as_json(endpoint, self.principal, self.values, response, fresh)

    @property
    def wants_csv(self) -> bool:
        return self.values.get("format") == "csv"

    @property
    def _compares(self) -> bool:
        # CSV has no place for a second period.
        return "compare" in self.values and not self.wants_csv


def period_info(period: Period) -> PeriodInfo:
    """Return the period as responses show it."""
    return PeriodInfo(
        name=period.name,
        from_=period.first_day,
        to=period.last_day,
        tz=period.tz,
        includes_partial_day=period.includes_partial_day,
    )
