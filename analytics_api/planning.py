"""From the checked values of a query string to a period and a question's plan."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from analytics_api.parameters import CURSOR, Values
from analytics_api.problems import BadParameterError
from shared_queries import questions
from shared_queries.answers import Coverage, FlowQuality, Overview, Psa, Sessions
from shared_queries.cursor import Cursor
from shared_queries.errors import ParameterError
from shared_queries.period import Period, parse_period
from shared_queries.plan import Plan
from shared_queries.questions import FlowSort, SessionFilter
from shared_queries.scope import Scope
from shared_queries.sessions import DEFAULT_LIMIT, StageFilter, StatusFilter, TierFilter
from shared_queries.source import Source

MAX_CURSOR_AGE = timedelta(days=7)


def period_of(values: Values, *, now: datetime, default_tz: str | None) -> Period:
    """The period asked for. A cursor's list keeps the now of its first page. Raises `BadParameterError`."""
    cursor = values.get("cursor")
    try:
        return parse_period(
            period=values.get("period"),
            from_=values.get("from"),
            to=values.get("to"),
            tz=values.get("tz"),
            now=now if cursor is None else _list_now(Cursor.decode(cursor, now=now), now),
            default_tz=default_tz,
        )
    except ParameterError as error:
        raise BadParameterError(error.parameter, error.message) from error


def overview(scope: Scope, period: Period, _: Values, source: Source) -> Plan[Overview]:
    """The overview takes nothing but a period."""
    return questions.overview(scope, period, source)


def coverage(scope: Scope, period: Period, _: Values, source: Source) -> Plan[Coverage]:
    """So does the coverage."""
    return questions.coverage(scope, period, source)


def flow_quality(scope: Scope, period: Period, values: Values, source: Source) -> Plan[FlowQuality]:
    """The flows in the order of `sort`."""
    return questions.flow_quality(scope, period, cast("FlowSort", values.get("sort", "quality")), source)


def psa(scope: Scope, period: Period, _: Values, source: Source) -> Plan[Psa]:
    """The PSA page takes nothing but a period."""
    return questions.psa(scope, period, source)


def sessions(scope: Scope, period: Period, values: Values, _: Source) -> Plan[Sessions]:
    """One page of sessions: always from the sessions themselves. Raises `BadParameterError`."""
    cursor, flow_id = values.get("cursor"), values.get("flow_id")
    try:
        chosen = SessionFilter(
            domain=values.get("domain"),
            unmapped="unmapped" in values,
            flow_id=None if flow_id is None else UUID(flow_id),
            status=cast("StatusFilter | None", values.get("status")),
            tier=cast("TierFilter | None", values.get("tier")),
            stage=cast("StageFilter | None", values.get("stage")),
            limit=int(values.get("limit", DEFAULT_LIMIT)),
            cursor=None if cursor is None else Cursor.decode(cursor, now=period.now),
        )
    except ParameterError as error:
        raise BadParameterError(error.parameter, error.message) from error
    return questions.sessions(scope, period, chosen)


def _list_now(cursor: Cursor, now: datetime) -> datetime:
    """A cursor's own now: bounded, since anyone can write a cursor."""
    if now - cursor.now > MAX_CURSOR_AGE:
        raise BadParameterError(
            CURSOR.name, f"is more than {MAX_CURSOR_AGE.days} days old; start again from the first page"
        )
    return cursor.now
