"""One request from token to answer: who asks, what is asked, the numbers of one snapshot, how fresh they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analytics_api.auth.principal import Principal, entering_as, principal_in
from analytics_api.auth.tokens import TokenVerifier
from analytics_api.database.replica import Replica, Snapshot
from analytics_api.questions.endpoints import Endpoint
from analytics_api.questions.freshness import AS_OF, Freshness, as_of_in, freshness
from analytics_api.questions.parameters import Values, period_of, read_query
from analytics_api.questions.responses import PeriodInfo, fields_of
from analytics_api.settings import ReadPath, Settings
from shared_queries import rollups
from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.source import Source
from shared_queries.statement import Statement

_IS_FILLED = Statement(rollups.is_filled(), {})


def utc_now() -> datetime:
    """Return the clock, read once per request."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer with all that the response is made of."""

    endpoint: Endpoint
    principal: Principal
    values: Values
    answer: Any
    """The question's own answer."""
    response: Any
    """The answer with what stands beside it in the JSON."""
    freshness: Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Answers questions; raises `ProblemError` for every refusal, in the order 401, 403, 400."""

    settings: Settings
    verifier: TokenVerifier
    replica: Replica
    clock: Callable[[], datetime] = utc_now

    async def answer(self, endpoint: Endpoint, authorization: list[str], query_string: bytes) -> Answered:
        """Return the endpoint's answer to the bearer of the token."""
        now = self.clock()
        user_id = self.verifier.user_id(authorization)

        async def gather(snapshot: Snapshot) -> _Gathered:
            found, filled = await snapshot.run(entering_as(user_id), _IS_FILLED)
            principal = principal_in(found)
            values = read_query(query_string, endpoint.parameters)
            period = period_of(values, now=now, default_tz=principal.timezone)
            source = _source(filled, self.settings.read_path)
            periods = [period, period.previous()] if _compares(values) else [period]
            plans = [endpoint.plan(principal.scope, each, values, source) for each in periods]
            asked = [statement for plan in plans for statement in plan.asked]
            *rows, as_of = await snapshot.run(*asked, AS_OF, last=True)
            return _Gathered(principal, values, periods, plans, _by_plan(plans, rows), as_of_in(as_of))

        gathered = await self.replica.read(gather)
        return self._assembled(endpoint, gathered, now)

    def _assembled(self, endpoint: Endpoint, gathered: "_Gathered", now: datetime) -> Answered:
        # The connection is back in the pool by now: the formulas need none.
        answers = [plan.answer(rows) for plan, rows in zip(gathered.plans, gathered.rows, strict=True)]
        parts = [
            {**fields_of(answer), "period": period_info(period)}
            for answer, period in zip(answers, gathered.periods, strict=True)
        ]
        fresh = freshness(gathered.as_of, now, self.settings.max_staleness)
        fields = {**parts[0], "as_of": fresh.as_of, "stale": fresh.stale}
        if endpoint.previous is not None and len(parts) > 1:
            fields["previous"] = endpoint.previous(**parts[1])
        return Answered(
            endpoint=endpoint,
            principal=gathered.principal,
            values=gathered.values,
            answer=answers[0],
            response=endpoint.response(**fields),
            freshness=fresh,
        )


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What one snapshot gave."""

    principal: Principal
    values: Values
    periods: Sequence[Period]
    plans: Sequence[Plan[Any]]
    rows: Sequence[Sequence[Rows]]
    as_of: datetime | None


def period_info(period: Period) -> PeriodInfo:
    """Return the period as responses show it."""
    return PeriodInfo(
        name=period.name,
        from_=period.first_day,
        to=period.last_day,
        tz=period.tz,
        includes_partial_day=period.includes_partial_day,
    )


def _compares(values: Values) -> bool:
    # CSV has no place for a second period.
    return "compare" in values and values.get("format") != "csv"


def _source(filled: Rows, forced: ReadPath | None) -> Source:
    """Choose the rollups where this snapshot holds them complete, else the facts, or what the setting forces."""
    return Source.ROLLUPS if forced != "facts" and any(row[0] for row in filled) else Source.FACTS


def _by_plan(plans: Sequence[Plan[Any]], rows: Sequence[Rows]) -> Sequence[Sequence[Rows]]:
    """Divide the rows among the plans."""
    each = iter(rows)
    return [[next(each) for _ in plan.asked] for plan in plans]
