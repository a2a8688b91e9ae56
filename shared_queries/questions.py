"""Every question by name: what an executor calls."""

from shared_queries import coverage as _coverage
from shared_queries import flow_quality as _flow_quality
from shared_queries import overview as _overview
from shared_queries import psa as _psa
from shared_queries import sessions as _sessions
from shared_queries.answers import Coverage, FlowQuality, Overview, Psa, Sessions
from shared_queries.flow_quality import FlowSort
from shared_queries.period import Period
from shared_queries.plan import Plan
from shared_queries.scope import Scope
from shared_queries.sessions import SessionFilter
from shared_queries.source import SELECTS, Source

__all__ = ["FlowSort", "Plan", "SessionFilter", "Source", "coverage", "flow_quality", "overview", "psa", "sessions"]


def overview(scope: Scope, period: Period, source: Source = Source.FACTS) -> Plan[Overview]:
    """`GET /analytics/flowpilot`."""
    return _overview.overview(scope, period, SELECTS[source])


def coverage(scope: Scope, period: Period, source: Source = Source.FACTS) -> Plan[Coverage]:
    """`GET /analytics/flowpilot/coverage`."""
    return _coverage.coverage(scope, period, SELECTS[source])


def flow_quality(
    scope: Scope, period: Period, sort: FlowSort = "quality", source: Source = Source.FACTS
) -> Plan[FlowQuality]:
    """`GET /analytics/flowpilot/flow-quality`."""
    return _flow_quality.flow_quality(scope, period, SELECTS[source], sort)


def psa(scope: Scope, period: Period, source: Source = Source.FACTS) -> Plan[Psa]:
    """`GET /analytics/flowpilot/psa`."""
    return _psa.psa(scope, period, SELECTS[source])


def sessions(scope: Scope, period: Period, chosen: SessionFilter) -> Plan[Sessions]:
    """`GET /analytics/flowpilot/sessions`: always from the sessions themselves."""
    return _sessions.drill_down(scope, period, chosen)
