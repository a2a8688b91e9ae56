"""The endpoints, once: where each is, what it takes, whom it asks, what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analytics_api.questions import parameters, responses
from analytics_api.questions.parameters import Parameter, Values, flow_sort, session_filter
from shared_queries.periods.period import Period
from shared_queries.plan import Plan
from shared_queries.questions.coverage import DomainCoverage, coverage
from shared_queries.questions.drill_down import drill_down
from shared_queries.questions.flow_quality import Flow, flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import DayTrend, psa
from shared_queries.scope import Scope
from shared_queries.source import Source

BASE_PATH = "/api/v1/analytics/flowpilot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the API."""

    name: str
    """Its name in file names and tags."""
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    plan: Callable[[Scope, Period, Values, Source], Plan[Any]]
    response: type[Any]
    previous: type[Any] | None = None
    """What `compare=previous` adds, where the endpoint takes it."""
    table: tuple[str, type] | None = None
    """The list that CSV gives, and its rows' type; None gives the answer's single numbers."""
    gives_csv: bool = True

    @property
    def operation_id(self) -> str:
        """The operation's id in the OpenAPI document, which generated clients name their functions after."""
        return "get" + self.name.title().replace("-", "")


OVERVIEW = Endpoint(
    name="overview",
    path=BASE_PATH,
    summary="Overview",
    description="Sessions, outcomes, resolution times, ratings, tiers, domains, and what guided sessions saved.",
    parameters=parameters.QUESTION_PARAMETERS,
    plan=lambda scope, period, _, source: overview(scope, period, source),
    response=responses.OverviewResponse,
    previous=responses.PreviousOverview,
)
COVERAGE = Endpoint(
    name="coverage",
    path=f"{BASE_PATH}/coverage",
    summary="Coverage",
    description="Each domain's sessions and active flows, and the knowledge gaps between them.",
    parameters=parameters.QUESTION_PARAMETERS,
    plan=lambda scope, period, _, source: coverage(scope, period, source),
    response=responses.CoverageResponse,
    previous=responses.PreviousCoverage,
    table=("domains", DomainCoverage),
)
FLOW_QUALITY = Endpoint(
    name="flow-quality",
    path=f"{BASE_PATH}/flow-quality",
    summary="Flow quality",
    description="Every active flow, and every archived one that had a session, with its score and what it is made of.",
    parameters=parameters.FLOW_QUALITY_PARAMETERS,
    plan=lambda scope, period, values, source: flow_quality(scope, period, source, sort=flow_sort(values)),
    response=responses.FlowQualityResponse,
    previous=responses.PreviousFlowQuality,
    table=("flows", Flow),
)
PSA = Endpoint(
    name="psa",
    path=f"{BASE_PATH}/psa",
    summary="PSA",
    description="Time entries, hours, the push funnel, the capture rate and the trend by local day.",
    parameters=parameters.QUESTION_PARAMETERS,
    plan=lambda scope, period, _, source: psa(scope, period, source),
    response=responses.PsaResponse,
    previous=responses.PreviousPsa,
    table=("daily_trend", DayTrend),
)
SESSIONS = Endpoint(
    name="sessions",
    path=f"{BASE_PATH}/sessions",
    summary="Sessions behind a number",
    description="The sessions of a period, by the same predicates as the aggregates; newest first, page by page.",
    parameters=parameters.SESSIONS_PARAMETERS,
    plan=lambda scope, period, values, _: drill_down(scope, period, session_filter(values, period)),
    response=responses.SessionsResponse,
    gives_csv=False,
)

ENDPOINTS = (OVERVIEW, COVERAGE, FLOW_QUALITY, PSA, SESSIONS)
