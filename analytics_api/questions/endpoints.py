"""The endpoints, once: where each is, what it takes, whom it asks, what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from analytics_api.questions import parameters, responses
from analytics_api.questions.parameters import Parameter, Values, flow_id, flow_sort, session_filter, trend_interval
from shared_queries.periods.period import DEFAULT_NAME, Period
from shared_queries.plan import Plan
from shared_queries.questions.coverage import DomainCoverage, coverage
from shared_queries.questions.drill_down import SessionItem, drill_down
from shared_queries.questions.engineers import Engineer, engineers, me
from shared_queries.questions.flow_effects import FlowEffect, flow_effects
from shared_queries.questions.flow_quality import Flow, flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import DayTrend, psa
from shared_queries.questions.trend import TrendPoint, trend
from shared_queries.scope import Scope
from shared_queries.source import Source

BASE_PATH = "/api/v1/analytics/flowpilot"


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a plan is made of."""

    scope: Scope
    user_id: UUID
    """Who asks."""
    period: Period
    values: Values
    source: Source

    @property
    def domain(self) -> str | None:
        """The domain asked for."""
        return self.values.get("domain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the API."""

    name: str
    """Its name in file names and tags."""
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    plan: Callable[[Asked], Plan[Any]]
    response: type[Any]
    previous: type[Any] | None = None
    """What `compare=previous` adds, where the endpoint takes it."""
    table: tuple[str, type] | None = None
    """The list that CSV gives, and its rows' type; None gives the answer's single numbers."""
    default_period: str = DEFAULT_NAME
    is_exported: bool = False
    """Whether CSV gives all of its list, not one page, sent while it is read."""
    of_self: bool = False
    """Whether it shows the bearer's own numbers, which a setting opens to every role."""
    shows_people: bool = False
    """Whether the account's users are part of the answer."""
    is_versioned: Callable[[Values], bool] = lambda _: True
    """Whether the version of an account's sums says all of the answer from rollups."""

    @property
    def operation_id(self) -> str:
        """The operation's id in the OpenAPI document, which generated clients name their functions after."""
        return "get" + self.name.title().replace("-", "")


OVERVIEW = Endpoint(
    name="overview",
    path=BASE_PATH,
    summary="Overview",
    description="Sessions, outcomes, resolution times, ratings, tiers, domains, and what guided sessions saved.",
    parameters=parameters.DOMAIN_PARAMETERS,
    plan=lambda asked: overview(asked.scope, asked.period, asked.source, domain=asked.domain),
    response=responses.OverviewResponse,
    previous=responses.PreviousOverview,
)
COVERAGE = Endpoint(
    name="coverage",
    path=f"{BASE_PATH}/coverage",
    summary="Coverage",
    description="Each domain's sessions and active flows, and the knowledge gaps between them.",
    parameters=parameters.DOMAIN_PARAMETERS,
    plan=lambda asked: coverage(asked.scope, asked.period, asked.source, domain=asked.domain),
    response=responses.CoverageResponse,
    previous=responses.PreviousCoverage,
    table=("domains", DomainCoverage),
)
FLOW_QUALITY = Endpoint(
    name="flow-quality",
    path=f"{BASE_PATH}/flow-quality",
    summary="Flow quality",
    description="Every active flow, and every archived one that had a session, with its score and what it is made of."
    " With `domain` the flows of that category.",
    parameters=parameters.FLOW_QUALITY_PARAMETERS,
    plan=lambda asked: flow_quality(
        asked.scope, asked.period, asked.source, sort=flow_sort(asked.values), domain=asked.domain
    ),
    response=responses.FlowQualityResponse,
    previous=responses.PreviousFlowQuality,
    table=("flows", Flow),
)
PSA = Endpoint(
    name="psa",
    path=f"{BASE_PATH}/psa",
    summary="PSA",
    description="Time entries, hours, the push funnel, the capture rate, what was never logged, and the trend by day.",
    parameters=parameters.DOMAIN_PARAMETERS,
    plan=lambda asked: psa(asked.scope, asked.period, asked.source, domain=asked.domain),
    response=responses.PsaResponse,
    previous=responses.PreviousPsa,
    table=("daily_trend", DayTrend),
    # The distinct sessions of one domain are no sum.
    is_versioned=lambda values: "domain" not in values,
)
TREND = Endpoint(
    name="trend",
    path=f"{BASE_PATH}/trend",
    summary="Trend",
    description="The numbers by local day, week or month, with the days on which flows were published. Counts and"
    " hours add up to the other endpoints' of the same question. Of all sessions, of a `domain` or of a `flow_id`, not"
    " of both; with `flow_id` points have no `time_entries` and no `hours_logged`.",
    parameters=parameters.TREND_PARAMETERS,
    plan=lambda asked: trend(
        asked.scope,
        asked.period,
        asked.source,
        interval=trend_interval(asked.values),
        domain=asked.domain,
        flow_id=flow_id(asked.values),
    ),
    response=responses.TrendResponse,
    previous=responses.PreviousTrend,
    table=("points", TrendPoint),
)
ENGINEERS = Endpoint(
    name="engineers",
    path=f"{BASE_PATH}/engineers",
    summary="Engineers",
    description="Each user's sessions and how they went, by email and never ranked, beside the whole team's.",
    parameters=parameters.DOMAIN_PARAMETERS,
    plan=lambda asked: engineers(asked.scope, asked.period, asked.source, domain=asked.domain),
    response=responses.EngineersResponse,
    previous=responses.PreviousEngineers,
    table=("engineers", Engineer),
    shows_people=True,
)
ME = Endpoint(
    name="me",
    path=f"{BASE_PATH}/me",
    summary="Own numbers",
    description="The bearer's own sessions and, from five engineers on, the team's. Open to every active user where"
    " `ENGINEER_SELF_VIEW` is on, else to those who may see the rest.",
    parameters=parameters.QUESTION_PARAMETERS,
    plan=lambda asked: me(asked.scope, asked.period, asked.source, user_id=asked.user_id),
    response=responses.MeResponse,
    previous=responses.PreviousMe,
    of_self=True,
    shows_people=True,
)
FLOW_EFFECTS = Endpoint(
    name="flow-effects",
    path=f"{BASE_PATH}/flow-effects",
    summary="Effects of flows",
    description="For each flow created in the period (without one `90d`) its domain's sessions in the 30 days before"
    " and after, and whether they differ by more than chance. An observation, not a proof.",
    parameters=parameters.QUESTION_PARAMETERS,
    plan=lambda asked: flow_effects(asked.scope, asked.period, asked.source),
    response=responses.FlowEffectsResponse,
    previous=responses.PreviousFlowEffects,
    table=("flows", FlowEffect),
    default_period="90d",
)
SESSIONS = Endpoint(
    name="sessions",
    path=f"{BASE_PATH}/sessions",
    summary="Sessions behind a number",
    description="The sessions of a period, by the same predicates as the aggregates; newest first, page by page."
    " Filters combine with and. CSV gives the whole list, whatever `limit` and `cursor` say, up to 100,000 sessions.",
    parameters=parameters.SESSIONS_PARAMETERS,
    plan=lambda asked: drill_down(asked.scope, asked.period, session_filter(asked.values, asked.period)),
    response=responses.SessionsResponse,
    table=("sessions", SessionItem),
    is_exported=True,
    is_versioned=lambda _: False,
)

ENDPOINTS = (OVERVIEW, COVERAGE, FLOW_QUALITY, PSA, TREND, ENGINEERS, ME, FLOW_EFFECTS, SESSIONS)
