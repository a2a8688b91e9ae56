"""One request from token to answer: who asks, what is asked, the numbers of one snapshot, how fresh they are."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import structlog

from analytics_api.auth.principal import Principal, acting_for, entering_as, principal_in
from analytics_api.auth.tokens import TokenVerifier
from analytics_api.database.replica import Replica, Snapshot
from analytics_api.database.transient import sqlstate
from analytics_api.problems.errors import BadParameterError, ColumnGoneError, UnavailableError
from analytics_api.questions.endpoints import Asked, Endpoint
from analytics_api.questions.freshness import Freshness, State, freshness, state_at, state_in
from analytics_api.questions.parameters import Values, period_of, read_query, session_filter
from analytics_api.questions.responses import PeriodInfo
from analytics_api.questions.session_export import Export, Exports
from analytics_api.questions.sharing import Begins, Shared, Turns
from analytics_api.questions.shown import CACHE_HEADERS, Memory, Shown, as_csv, as_json, disposition, fields_of
from analytics_api.settings import Settings
from shared_queries.errors import ParameterError
from shared_queries.periods.local_days import local_date
from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.source import Source

T = TypeVar("T")

_MISSING = frozenset({"3F000", "42P01", "42703", "42883"})
"""SQLSTATEs: no such schema, table, column, function."""
_UNEXPECTED = "the database is not as this release expects it: upgraded by another, or changed; ask again later"
_ADVICE = "run python -m deploy.migrations upgrade"
_Read = tuple[Sequence[Sequence[Rows]], State]

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
    entering: Shared["_Entered"] = field(default_factory=Shared)
    memory: Memory = field(default_factory=Memory)
    _exports: Exports = field(init=False)

    def __post_init__(self) -> None:
        self._exports = Exports(self.replica)

    async def answer(self, endpoint: Endpoint, authorization: list[str], query_string: bytes) -> Shown | Export:
        """Return the endpoint's answer to the bearer of the token.

        Two round trips, or one. The first finds the principal, whose zone the period needs, and whose account says
        whose turn it is, and the version of the account's numbers: where the answer of that version is known, it is the
        answer. Else it ends its transaction, so that no one holds a connection while waiting, and the second is one
        snapshot: every number of the answer, their version and their freshness.
        """
        user_id = self.verifier.user_id(authorization)
        entered = await self._enter(user_id, endpoint)
        principal, state = entered.principal, entered.state
        # Also who needs no turn is kept waiting by those that others have.
        self.turns.share_of(principal.scope.account_id)
        source = Source.ROLLUPS if state.is_filled and self.settings.read_path != "facts" else Source.FACTS
        asked = _Asked(endpoint, user_id, principal, read_query(query_string, endpoint.parameters), source)
        when = asked.at(entered.now)
        if (shown := self._recalled(asked, when, state)) is not None:
            return shown
        question = asked.question(when)
        if endpoint.is_exported and asked.wants_csv:
            return await self._exported(asked, question)
        # Two users of an account share an answer, but not the one about themselves.
        key = (endpoint.name, user_id if endpoint.of_self else None, principal, frozenset(asked.values.items()))

        async def execute(begins: Begins) -> Shown:
            async with self.turns.of(principal.scope.account_id) as waited:
                later = begins() or waited
                return await self._answered(asked, asked.question(asked.at(self.clock())) if later else question)

        return await self.shared.ask(key, execute)

    async def _exported(self, asked: "_Asked", question: "_Question") -> Export:
        (period,) = question.when.periods
        chosen = session_filter(asked.values, period)
        pieces, as_of = await self._exports.open(asked.principal, period, chosen)
        fresh = freshness(as_of, question.when.now, self.settings.max_staleness)
        named = {"Content-Disposition": disposition(asked.endpoint, period_info(period))}
        return Export(pieces, {**CACHE_HEADERS, **fresh.headers, **named})

    async def _enter(self, user_id: UUID, endpoint: Endpoint) -> "_Entered":
        any_role = endpoint.of_self and self.settings.engineer_self_view

        async def execute(begins: Begins) -> _Entered:
            begins()
            identify = partial(_identify, user_id, any_role, self.clock(), endpoint.shows_people)
            try:
                entered = await self.replica.read(partial(identify, self.replica.is_older))
            except (psycopg.Error, ColumnGoneError) as error:
                # A version reads more than most questions: without one, all that can be answered is.
                if sqlstate(error) in _MISSING and not self.replica.is_older:
                    log.warning("schema_is_older", reading_from="facts", advice=_ADVICE)
                    self.replica.is_older = True
                entered = await self._read_plainly(identify)
            self.replica.is_older = entered.state.is_older
            return entered

        return await self.entering.ask((user_id, any_role, endpoint.shows_people), execute)

    def _recalled(self, asked: "_Asked", when: "_When", state: State) -> Shown | None:
        key = asked.by_version(when)
        if key is None or state.version is None:
            return None
        return self.memory.recall(key, state.version, self._freshness(state, when.now))

    async def _answered(self, asked: "_Asked", question: "_Question") -> Shown:
        read = await self._read_rollups(question) if asked.source is Source.ROLLUPS else None
        if read is None:
            asked = replace(asked, source=Source.FACTS)
            question = asked.question(question.when)
            read = await self._read_plainly(question.read)
        rows, state = read
        fresh = self._freshness(state, question.when.now)
        shown = asked.shown(question, rows, fresh)
        key = asked.by_version(question.when)
        if key is not None and state.version is not None:
            self.memory.keep(key, state.version, fresh, shown)
        return shown

    def _freshness(self, state: State, now: datetime) -> Freshness:
        return freshness(state.as_of, now, self.settings.max_staleness)

    async def _read_rollups(self, question: "_Question") -> "_Read | None":
        """Read; nothing where the rollups are not complete, or no longer, or count together what cannot be read.

        The facts are right whatever becomes of the rollups.
        """
        try:
            read = await self.replica.read(partial(question.read, False))  # noqa: FBT003  bound by `partial`
        except ColumnGoneError:
            return None
        except psycopg.Error as error:
            if sqlstate(error) not in _MISSING:
                raise
            return None
        return read if read[1].is_filled else None

    async def _read_plainly(self, read: Callable[[bool, Snapshot], Awaitable[T]]) -> T:
        """Read without a version, which a database of an older release has not.

        Raises:
            UnavailableError: the database has not what the facts need either.
        """
        try:
            return await self.replica.read(partial(read, True))  # noqa: FBT003  bound by `partial`
        except psycopg.Error as error:
            if sqlstate(error) in _MISSING:
                raise UnavailableError(_UNEXPECTED) from error
            raise


@dataclass(frozen=True, slots=True)
class _Entered:
    """Who asks, and what the first snapshot has of the account."""

    principal: Principal
    state: State
    now: datetime


async def _identify(  # noqa: PLR0913, PLR0917  bound by `partial`
    user_id: UUID,
    any_role: bool,  # noqa: FBT001
    now: datetime,
    of_people: bool,  # noqa: FBT001
    is_plain: bool,  # noqa: FBT001
    snapshot: Snapshot,
) -> _Entered:
    found, state = await snapshot.run(entering_as(user_id), state_at(now, of_people=of_people, is_plain=is_plain))
    return _Entered(principal_in(found, any_role=any_role), state_in(state, is_plain=is_plain), now)


@dataclass(frozen=True, slots=True)
class _When:
    """A moment, and what a request asks about at it: a period, and the one before where it compares."""

    now: datetime
    periods: Sequence[Period]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked at one moment."""

    when: _When
    principal: Principal
    of_people: bool
    plans: Sequence[Plan[Any]]

    async def read(self, is_plain: bool, snapshot: Snapshot) -> "_Read":  # noqa: FBT001  bound by `partial`
        """Read the rows of each plan, and what else the snapshot has of the account."""
        state = state_at(self.when.now, of_people=self.of_people, is_plain=is_plain)
        asked = [statement for plan in self.plans for statement in plan.asked]
        _, found, *rows = await snapshot.run(acting_for(self.principal), state, *asked)
        each = iter(rows)
        return [[next(each) for _ in plan.asked] for plan in self.plans], state_in(found, is_plain=is_plain)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks, by whom."""

    endpoint: Endpoint
    user_id: UUID
    principal: Principal
    values: Values
    source: Source

    def at(self, now: datetime) -> _When:
        """Ask it at that moment. Raises `BadParameterError`."""
        default = self.endpoint.default_period
        period = period_of(self.values, now=now, default_tz=self.principal.timezone, default_period=default)
        return _When(now, [period, period.previous()] if self._compares else [period])

    def question(self, when: _When) -> _Question:
        """Make the plans. Raises `BadParameterError`."""
        scope = self.principal.scope
        asked = [Asked(scope, self.user_id, each, self.values, self.source) for each in when.periods]
        try:
            plans = [self.endpoint.plan(each) for each in asked]
        except ParameterError as error:
            raise BadParameterError(error.parameter, error.message) from error
        return _Question(when, self.principal, self.endpoint.shows_people, plans)

    def by_version(self, when: _When) -> Hashable | None:
        """Return what, with the version, makes the answer; None where more than that does.

        A version tells of whole quarters of an hour, so every day has to begin with one; and of all that is past, so a
        range before that ends at this time of its day, through rows that become part of it one by one, has none.
        """
        periods = when.periods
        is_told = self.source is Source.ROLLUPS and self.endpoint.is_versioned(self.values)
        if not is_told or (len(periods) > 1 and periods[0].includes_partial_day):
            return None
        if not all(period.days_begin_on_quarters for period in periods):
            return None
        about = self.user_id if self.endpoint.of_self else None
        days = tuple((period.first_day, period.last_day, period.tz, period.name) for period in periods)
        today = local_date(when.now, periods[0].zone)
        return self.endpoint.name, about, self.principal, frozenset(self.values.items()), days, today

    def shown(self, question: _Question, rows: Sequence[Sequence[Rows]], fresh: Freshness) -> Shown:
        """Assemble the response. The connection is back in the pool by now: the formulas need none."""
        endpoint = self.endpoint
        answers = [plan.answer(each) for plan, each in zip(question.plans, rows, strict=True)]
        parts = [
            {**fields_of(answer), "period": period_info(period)}
            for answer, period in zip(answers, question.when.periods, strict=True)
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
