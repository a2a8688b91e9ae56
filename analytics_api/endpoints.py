"""The endpoints, once: where each is, what it takes, what it answers."""

from dataclasses import dataclass

from analytics_api import parameters, responses
from analytics_api.parameters import Parameter

BASE_PATH = "/api/v1/analytics/flowpilot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the API."""

    name: str
    """Its name in logs and file names."""
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    response: type
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
    response=responses.OverviewResponse,
)
COVERAGE = Endpoint(
    name="coverage",
    path=f"{BASE_PATH}/coverage",
    summary="Coverage",
    description="Each domain's sessions and active flows, and the knowledge gaps between them.",
    parameters=parameters.QUESTION_PARAMETERS,
    response=responses.CoverageResponse,
)
FLOW_QUALITY = Endpoint(
    name="flow-quality",
    path=f"{BASE_PATH}/flow-quality",
    summary="Flow quality",
    description="Every active flow, and every archived one that had a session, with its score and what it is made of.",
    parameters=parameters.FLOW_QUALITY_PARAMETERS,
    response=responses.FlowQualityResponse,
)
PSA = Endpoint(
    name="psa",
    path=f"{BASE_PATH}/psa",
    summary="PSA",
    description="Time entries, hours, the push funnel, the capture rate and the trend by local day.",
    parameters=parameters.QUESTION_PARAMETERS,
    response=responses.PsaResponse,
)
SESSIONS = Endpoint(
    name="sessions",
    path=f"{BASE_PATH}/sessions",
    summary="Sessions behind a number",
    description="The sessions of a period, by the same predicates as the aggregates; newest first, page by page.",
    parameters=parameters.SESSIONS_PARAMETERS,
    response=responses.SessionsResponse,
    gives_csv=False,
)

ENDPOINTS = (OVERVIEW, COVERAGE, FLOW_QUALITY, PSA, SESSIONS)
