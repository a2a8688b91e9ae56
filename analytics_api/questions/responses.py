"""What goes over the wire: each answer, with the period it covers and how fresh it is beside its fields.

The OpenAPI document is generated from these types, and the page's types from that document.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from shared_queries.questions.coverage import Coverage
from shared_queries.questions.drill_down import Sessions
from shared_queries.questions.engineers import Engineers, Me
from shared_queries.questions.flow_effects import FlowEffects
from shared_queries.questions.flow_quality import FlowQuality
from shared_queries.questions.overview import Overview
from shared_queries.questions.psa import Psa
from shared_queries.questions.trend import MatchedPoint, Trend

PeriodName = Literal["7d", "30d", "90d", "custom"]


class PeriodInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The days that were counted: local calendar days of `tz`, both included."""

    name: PeriodName
    from_: dt.date = msgspec.field(name="from")
    to: dt.date
    tz: str
    includes_partial_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousOverview(Overview):
    """The same question over the range before."""

    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewResponse(PreviousOverview):
    """Sessions, outcomes and time saved."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousOverview | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousCoverage(Coverage):
    """The same question over the range before."""

    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageResponse(PreviousCoverage):
    """Domains against flows, and the gaps between them."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousCoverage | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousFlowQuality(FlowQuality):
    """The same question over the range before."""

    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowQualityResponse(PreviousFlowQuality):
    """Flows by quality, with the best, the worst and those that need attention."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousFlowQuality | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousPsa(Psa):
    """The same question over the range before."""

    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class PsaResponse(PreviousPsa):
    """Time entries, the push funnel and the trend."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousPsa | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint(MatchedPoint):
    """One day, week or month; without what was logged where the sessions of one flow are asked for."""

    time_entries: int | UnsetType = UNSET
    hours_logged: float | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousTrend(Trend):
    """The same question over the range before."""

    points: list[TrendPoint]
    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendResponse(PreviousTrend):
    """The numbers by day, week or month, and when flows were published."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousTrend | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousEngineers(Engineers):
    """The same question over the range before."""

    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineersResponse(PreviousEngineers):
    """Each user's sessions, beside the team's."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousEngineers | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousMe(Me):
    """The same question over the range before."""

    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class MeResponse(PreviousMe):
    """The bearer's own sessions."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousMe | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousFlowEffects(FlowEffects):
    """The same question over the range before."""

    period: PeriodInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEffectsResponse(PreviousFlowEffects):
    """Domains before and after a flow was published for them."""

    as_of: dt.datetime | None
    stale: bool
    previous: PreviousFlowEffects | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsResponse(Sessions):
    """The sessions behind a number, newest first."""

    period: PeriodInfo
    as_of: dt.datetime | None
    stale: bool
